import type { SavedState } from "../../federation/stage.ts";
import { parseMetric } from "../../metrics/index.ts";
import { select, type Selection } from "../../training/index.ts";
import type { MethodSettings } from "../types.ts";
import { unprefixed, prefixed } from "./named.ts";
import { numbersToWire, wireToNumbers } from "./numbers-to-wire.ts";

type Snapshot = Readonly<Record<string, Float32Array>>;

/** Which round's state a party scores with in the end, and for how many validations none has been better. */
export interface RoundChoice {
  /** Takes the validation values of the state after so many rounds, by domain; keeps a copy of the best state. */
  readonly consider: (
    round: number,
    values: Readonly<Record<string, number>>,
    snapshot: () => Snapshot,
  ) => void;
  readonly stale: () => number;
  /** Patience is at its end. */
  readonly finished: () => boolean;
  /** Undefined where the last state is to be scored. */
  readonly best: () => Snapshot | undefined;
  readonly save: () => SavedState;
  readonly load: (state: SavedState) => void;
}

/** States are compared by the mean over domains of the metric that selects. */
export function roundChoice({ training, selectBy }: MethodSettings): RoundChoice {
  const { higherIsBetter } = parseMetric(selectBy).definition;
  let selection: Selection<Snapshot> = { best: undefined, stale: 0 };
  return {
    consider: (round, values, snapshot) => {
      const all = Object.values(values);
      if (training.select === "last" || all.length === 0) return;
      const value = all.reduce((sum, own) => sum + own, 0) / all.length;
      selection = select(selection, { value, round, higherIsBetter }, snapshot);
    },
    stale: () => selection.stale,
    finished: () => training.select === "best" && selection.stale >= training.patience,
    best: () => selection.best?.snapshot,
    save: () => {
      const { best, stale } = selection;
      return {
        arrays: best ? numbersToWire(prefixed("best:", best.snapshot)) : {},
        metadata: { stale, best: best ? { value: best.value, round: best.round } : null },
      };
    },
    load: ({ arrays, metadata }) => {
      const best = metadata["best"] as { readonly value: number; readonly round: number } | null;
      selection = {
        stale: metadata["stale"] as number,
        best: best ? { ...best, snapshot: wireToNumbers(unprefixed("best:", arrays)) } : undefined,
      };
    },
  };
}
