import type { Telling } from "@atoll/core/data";
import type { WorkProgress } from "@atoll/core/federation";
import type { AugmentationEvent } from "../augmentation/index.ts";
import type { MetricsLine, Result } from "../results/result.ts";

/** One (seed, method) pair: the unit of scheduling, of checkpoints and of resuming. */
export interface CellName {
  readonly seed: number;
  /** The method's name in this experiment. */
  readonly method: string;
}

/** A stage of a method, and how many rounds of exchange it has at most. */
export interface StagePlan {
  readonly stage: string;
  readonly rounds: number;
}

/** What a run tells whoever watches; all wording belongs to the watcher. */
export type RunEvent =
  /** Rows of a client that is being read, so far; tables from the cache are there at once. */
  | {
      readonly kind: "reading";
      readonly client: string;
      readonly rows: number;
      readonly done: number;
      readonly total: number;
    }
  /** A table in the cache was not as it was written, and was built again. */
  | { readonly kind: "cache-damaged"; readonly client: string; readonly damage: string }
  | {
      readonly kind: "read";
      readonly client: string;
      readonly rows: number;
      readonly done: number;
      readonly total: number;
    }
  /** A client's rows are about to be split. */
  | {
      readonly kind: "splitting";
      readonly client: string;
      readonly done: number;
      readonly total: number;
    }
  /** Features that tell the label by themselves, by client that has such; before any training. */
  | {
      readonly kind: "telling";
      readonly clients: Readonly<Record<string, readonly Telling[]>>;
      /** Clients in all. */
      readonly of: number;
    }
  | {
      readonly kind: "plan";
      readonly cells: readonly (CellName & {
        /** In the order in which they run. */
        readonly stages: readonly StagePlan[];
        /** Training rows of all clients in one round of the stage `train`. */
        readonly rowsPerRound: number;
      })[];
      /** Cells that an earlier, interrupted run completed. */
      readonly finished: readonly CellName[];
      readonly threads: number;
      readonly clients: readonly string[];
      /** The validation metric that selects. */
      readonly selectBy: string;
    }
  /** How far a party is with a pass, or with making its rows ready; only where that takes a while. */
  | (CellName & {
      readonly kind: "work";
      readonly client: string;
      readonly work: WorkProgress["work"];
      readonly share: number;
    })
  /** Before cells start: language models are asked. */
  | AugmentationEvent
  | (CellName & { readonly kind: "cell-start"; readonly resumedAtRound: number })
  /** One client's answer within a round: `line.values` holds `trainLoss`, `valid/<metric>`, `examples` ... */
  | (CellName & { readonly kind: "reply"; readonly line: MetricsLine })
  | (CellName & {
      readonly kind: "round";
      readonly stage: string;
      /** Within the stage, from 0. */
      readonly round: number;
      readonly lines: readonly MetricsLine[];
    })
  | (CellName & { readonly kind: "checkpoint"; readonly round: number })
  | (CellName & { readonly kind: "cell-end"; readonly rounds: number; readonly seconds: number })
  /** A cell cannot be trained; the run ends with the same error once the cells that go on have ended. */
  | (CellName & { readonly kind: "cell-failed"; readonly code: string; readonly message: string })
  | { readonly kind: "statistics"; readonly done: number; readonly total: number };

export type RunOutcome =
  | { readonly kind: "done"; readonly result: Result; readonly directory: string }
  /** Stopped by the signal: everything up to `saved` is on disk. */
  | {
      readonly kind: "stopped";
      readonly directory: string;
      readonly saved: readonly (CellName & { readonly round: number })[];
    };
