import type { Result } from "../results/index.ts";
import type { RunEvent } from "../runs/index.ts";
import type { Rung } from "./halving.ts";
import type { Trial, TuneResult } from "./result.ts";

/** What a tune tells whoever watches. */
export type TuneEvent =
  | {
      readonly kind: "tune-plan";
      readonly method: string;
      readonly metric: string;
      readonly higherIsBetter: boolean;
      readonly rungs: readonly Rung[];
      /** Trials that an earlier, interrupted tune finished. */
      readonly finished: readonly Trial[];
    }
  | {
      readonly kind: "trial-start";
      readonly setting: number;
      readonly rung: number;
      readonly rounds: number;
      readonly values: Trial["values"];
    }
  | { readonly kind: "trial-end"; readonly trial: Trial }
  /** What the run of a trial tells. */
  | { readonly kind: "trial-run"; readonly event: RunEvent }
  | { readonly kind: "final-start"; readonly directory: string }
  | { readonly kind: "final-run"; readonly event: RunEvent };

export type TuneOutcome =
  | {
      readonly kind: "done";
      readonly result: TuneResult;
      readonly directory: string;
      /** The experiment with the best settings; undefined where every trial failed. */
      readonly best: string | undefined;
      /** The ordinary run at the end, where one was asked for. */
      readonly final: { readonly directory: string; readonly result: Result } | undefined;
    }
  | { readonly kind: "stopped"; readonly directory: string; readonly finished: number };
