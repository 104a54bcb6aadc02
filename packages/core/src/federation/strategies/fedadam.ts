import type { WireArray } from "../types.ts";
import { asGlobal, weightedMean, type Strategy } from "./strategy.ts";

/** Settings that Reddi et al. 2021 recommend, section 5 and appendix D. */
const BETA_1 = 0.9;
const BETA_2 = 0.99;
const TAU = 1e-3;

/**
 * The server takes an Adam step along the mean update, without bias correction, as published:
 *
 *   d = mean_k w_k - w,  m <- b1 m + (1 - b1) d,  v <- b2 v + (1 - b2) d^2,  w <- w + eta m / (sqrt(v) + tau)
 *
 * Reddi et al. 2021, arXiv 2003.00295, algorithm 2; v starts at tau^2.
 */
export function fedadam({ learningRate }: { readonly learningRate: number }): Strategy {
  return {
    init: (global) => {
      const arrays: Record<string, WireArray> = {};
      for (const [name, { shape, data }] of Object.entries(global)) {
        arrays[`mean/${name}`] = { shape, data: new Float64Array(data.length) };
        arrays[`square/${name}`] = { shape, data: new Float64Array(data.length).fill(TAU * TAU) };
      }
      return { arrays, metadata: {} };
    },
    step: (global, updates, state) => {
      const target = weightedMean(global, updates);
      if (target === undefined) return [global, state];
      const arrays: Record<string, WireArray> = {};
      for (const [name, { shape, data }] of Object.entries(global)) {
        const values = target[name]!;
        const mean = Float64Array.from(state.arrays[`mean/${name}`]!.data);
        const square = Float64Array.from(state.arrays[`square/${name}`]!.data);
        for (let i = 0; i < values.length; i++) {
          const delta = values[i]! - data[i]!;
          mean[i] = BETA_1 * mean[i]! + (1 - BETA_1) * delta;
          square[i] = BETA_2 * square[i]! + (1 - BETA_2) * delta * delta;
          values[i] = data[i]! + (learningRate * mean[i]!) / (Math.sqrt(square[i]!) + TAU);
        }
        arrays[`mean/${name}`] = { shape, data: mean };
        arrays[`square/${name}`] = { shape, data: square };
      }
      return [asGlobal(global, target), { arrays, metadata: {} }];
    },
  };
}
