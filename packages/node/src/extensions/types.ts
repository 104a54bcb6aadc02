import type { Extension } from "@atoll/core/extensions";

/** What a module of an extension is made of, as a run remembers it. Plain data. */
export interface ExtensionRecord {
  /** As the experiment names it. */
  readonly module: string;
  /**
   * SHA-256 of its file and of all files that it imports by relative paths, by their paths from the file's folder.
   */
  readonly files: Readonly<Record<string, string>>;
}

/** The same with where the module's file lies on this machine. */
export interface ExtensionCode extends ExtensionRecord {
  readonly path: string;
}

/** A module that was loaded into this thread: its names are known from here on. */
export interface LoadedExtension extends ExtensionCode {
  readonly extensions: readonly Extension[];
}
