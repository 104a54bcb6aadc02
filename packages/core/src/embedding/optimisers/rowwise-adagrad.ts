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
    init: ({ arena, numRows }) => ({ step: 0, moments: { sum: arena.float32(numRows) } }),
    step: ({ arena, numRows, values, width }, { count, rows, sums }, state) => {
      const { address, kernels } = arena;
      const accumulator = momentOf(state, "sum", numRows);
      state.step++;
      kernels.rowwiseAdagradRows(
        address(values),
        address(sums),
        address(accumulator),
        address(rows),
        count,
        width,
        weightDecay,
        learningRate,
        EPSILON,
      );
    },
  };
}
