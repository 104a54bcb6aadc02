import { momentOf, type OptimiserSettings } from "../../optim/index.ts";
import type { TableOptimiser } from "./table-optimiser.ts";

const EPSILON = 1e-8;

/**
 * Adagrad with one accumulator per row: the memory of a table shrinks by its width.
 *
 *   g <- g + wd p,   s_row <- s_row + mean_k g_k^2,   p <- p - lr g / (sqrt(s_row) + eps),   eps = 1e-8
 *
 * `EXACT_ROWWISE_ADAGRAD` of FBGEMM with L2 weight decay, its default epsilon, accumulators from 0;
 * weight decay touches the rows of the batch only.
 */
export function rowwiseAdagrad({ learningRate, weightDecay }: OptimiserSettings): TableOptimiser {
  return {
    init: (table) => ({ step: 0, moments: { sum: new Float32Array(table.numRows) } }),
    step: ({ numRows, values, width }, { count, rows, sums }, state) => {
      const accumulator = momentOf(state, "sum", numRows);
      state.step++;
      for (let slot = 0; slot < count; slot++) {
        const row = rows[slot]!;
        const start = row * width;
        const source = slot * width;
        let squares = 0;
        for (let k = 0; k < width; k++) {
          const g = sums[source + k]! + weightDecay * values[start + k]!;
          squares += g * g;
        }
        const s = accumulator[row]! + squares / width;
        accumulator[row] = s;
        const rate = learningRate / (Math.sqrt(s) + EPSILON);
        for (let k = 0; k < width; k++) {
          const p = values[start + k]!;
          values[start + k] = p - rate * (sums[source + k]! + weightDecay * p);
        }
      }
    },
  };
}
