import { AtollError } from "../../errors/index.ts";
import type { SavedState } from "../stage.ts";
import type { WireArray } from "../types.ts";

export type GlobalState = Readonly<Record<string, WireArray>>;

/** What one client sent back: arrays of the same names and shapes as the global state. */
export interface StrategyUpdate {
  readonly client: string;
  /** Its weight. */
  readonly numExamples: number;
  readonly arrays: GlobalState;
  /** Training rows that know a task's label, and positive ones, by task; where a method asks for them. */
  readonly tasks?: Readonly<Record<string, { readonly rows: number; readonly positives: number }>>;
}

/** How the server turns updates into the next global state. Pure; its memory is an explicit value. */
export interface Strategy {
  readonly init: (global: GlobalState) => SavedState;
  readonly step: (
    global: GlobalState,
    updates: readonly StrategyUpdate[],
    state: SavedState,
  ) => readonly [GlobalState & Record<string, WireArray>, SavedState];
}

export const NO_MEMORY: SavedState = { arrays: {}, metadata: {} };

/**
 * The sample-weighted mean of the updates, by array name:
 *
 *   mean = sum_k n_k w_k / sum_k n_k
 *
 * summed in doubles in the order of client names, so that the order of arrival changes no bit. Without
 * any sample the mean is undefined, and the result too. A value that is not finite is refused.
 */
export function weightedMean(
  global: GlobalState,
  updates: readonly StrategyUpdate[],
): Record<string, Float64Array> | undefined {
  const sorted = updates.toSorted((a, b) => (a.client < b.client ? -1 : 1));
  const total = sorted.reduce((sum, update) => sum + update.numExamples, 0);
  if (total === 0) return undefined;
  const means: Record<string, Float64Array> = {};
  for (const [name, current] of Object.entries(global)) {
    const mean = new Float64Array(current.data.length);
    for (const { client, numExamples, arrays } of sorted) {
      const data = arrays[name]?.data;
      if (data?.length !== mean.length)
        throw new AtollError(
          "UPDATE_INVALID",
          `client "${client}": array "${name}" has ${data?.length ?? "no"} elements, the global state ${mean.length}`,
        );
      const weight = numExamples / total;
      let sum = 0;
      for (let i = 0; i < mean.length; i++) {
        mean[i]! += weight * data[i]!;
        sum += data[i]! - data[i]!;
      }
      // x - x is NaN exactly for values that are not finite.
      if (Number.isNaN(sum))
        throw new AtollError(
          "UPDATE_INVALID",
          `client "${client}": array "${name}" holds values that are not finite; lower its learning rate or leave it out`,
        );
    }
    means[name] = mean;
  }
  return means;
}

/** Doubles rounded to the element type that travels. */
export function asGlobal(global: GlobalState, values: Readonly<Record<string, Float64Array>>) {
  return Object.fromEntries(
    Object.entries(global).map(([name, { shape }]) => [
      name,
      { shape, data: Float32Array.from(values[name]!) },
    ]),
  );
}
