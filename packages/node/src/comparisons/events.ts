import type { Result } from "../results/index.ts";
import type { CellName, RunEvent } from "../runs/index.ts";
import type { Comparison } from "./schema.ts";

/** A run as its watcher knows it. */
export interface RunProgress {
  readonly name: string;
  readonly directory: string;
  readonly cells: readonly CellName[];
  /** Cells that were finished before. */
  readonly finished: number;
}

/** What a comparison tells whoever watches. */
export type CompareEvent =
  | {
      readonly kind: "compare-plan";
      readonly directory: string;
      readonly runs: readonly RunProgress[];
      /** Trainings at once, of all runs together. */
      readonly trainings: number;
    }
  | { readonly kind: "run-start"; readonly run: string }
  /** What a run tells. */
  | { readonly kind: "run-event"; readonly run: string; readonly event: RunEvent }
  /** A method cannot be trained in a run: the run goes on without it and what starts from it. */
  | {
      readonly kind: "method-failed";
      readonly run: string;
      readonly method: string;
      readonly seed: number;
      readonly message: string;
    }
  | { readonly kind: "run-end"; readonly run: string; readonly cells: number };

export type CompareOutcome =
  | {
      readonly kind: "done";
      readonly directory: string;
      readonly comparison: Comparison;
      readonly runs: readonly {
        readonly name: string;
        readonly directory: string;
        readonly result: Result;
      }[];
    }
  /** Stopped by the signal: finished cells, and rounds of the others, are on disk. */
  | {
      readonly kind: "stopped";
      readonly directory: string;
      readonly finished: number;
      readonly total: number;
    };
