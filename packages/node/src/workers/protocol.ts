import type { SplitClient } from "@atoll/core/data";
import type { WorkProgress } from "@atoll/core/federation";
import type { AugmentationSource } from "../augmentation/index.ts";
import type { ExtensionCode } from "../extensions/index.ts";
import type { PrivacyPlace } from "../ledger/index.ts";
import type { MethodEntry, MethodSettings } from "@atoll/core/methods";

/** One party of one cell, as a worker thread is told to open it. Plain data. */
export interface PartySpec {
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly method: MethodEntry;
  readonly settings: MethodSettings;
  /** Keys of the splits it holds, posted before. */
  readonly splits: readonly string[];
  /** The party's own folder: its store and its checkpoints. */
  readonly directory: string;
  readonly privacy: PrivacyPlace;
  readonly augmentation?: AugmentationSource;
  /** Code that it runs beside the library's. */
  readonly extensions?: readonly ExtensionCode[];
  /** Hashes of the programs that it may run; default: any. */
  readonly programs?: readonly string[] | undefined;
  /** Folders of the same party in the cells of methods that this one reads from, by method name. */
  readonly earlier: Readonly<Record<string, string>>;
}

/** How far a party is with what it was asked. */
export interface PartyProgress {
  readonly id: string;
  readonly progress: WorkProgress;
}

/** What the main thread asks of a worker: answers are bytes, or nothing. */
export type WorkerCall =
  | { readonly op: "split"; readonly key: string; readonly split: SplitClient }
  | { readonly op: "open"; readonly party: PartySpec; readonly statePath?: string }
  | { readonly op: "request"; readonly id: string; readonly bytes: Uint8Array }
  | { readonly op: "save"; readonly id: string; readonly path: string }
  | { readonly op: "close"; readonly id: string }
  /** Drops every split. */
  | { readonly op: "clear" };
