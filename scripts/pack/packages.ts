import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** The packages that are published, each after those it depends on. */
export const PACKAGES = ["core", "node", "network", "cli"] as const;
/** Those that others import from. */
export const LIBRARIES = ["core", "node", "network"] as const;
export type PackageName = (typeof PACKAGES)[number];

/** What a package.json of this repository may say. Anything else would reach users unread. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly sideEffects?: boolean | readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** Files that are there to test others. */
export function isForTests(path: string): boolean {
  return /\.(test|laws|fixture)\.ts$|(^|\/)__fixtures__\//.test(path);
}

/**
 * The folders that others may import from: those with an index. In the repository `exports` finds them by a pattern
 * over sources; a published package names them one by one. A package without `exports` has none.
 */
export function entriesOf({ exports }: Manifest, compiled: string): string[] {
  if (exports === undefined) return [];
  return globSync("*/**/index.js", { cwd: compiled }).map(dirname).toSorted();
}

/** The same, of a staged package. */
export function publishedEntriesOf({ exports }: Manifest): string[] {
  return Object.keys(exports ?? {})
    .filter((name) => name !== "./package.json")
    .map((name) => name.slice("./".length));
}
