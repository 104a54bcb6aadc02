import { ADAGRAD_EPSILON, momentOf, type OptimiserSettings } from "../../optim/index.ts";
import type { TableOptimiser } from "./table-optimiser.ts";

/**
 * Adagrad on the rows of the batch, one accumulator per entry. A row without gradient would not move
 * anyway: without weight decay this is `torch.optim.Adagrad`, whether gradients are sparse or dense.
 * Weight decay is L2 on the rows of the batch.
 */
export function adagradRows({ learningRate, weightDecay }: OptimiserSettings): TableOptimiser {
  return {
    init: ({ arena, values }) => ({ step: 0, moments: { sum: arena.float32(values.length) } }),
    step: ({ arena, values, width }, { count, rows, sums }, state) => {
      const { address, kernels } = arena;
      const accumulator = momentOf(state, "sum", values.length);
      state.step++;
      kernels.adagradRows(
        address(values),
        address(sums),
        address(accumulator),
        address(rows),
        count,
        width,
        weightDecay,
        learningRate,
        ADAGRAD_EPSILON,
      );
    },
  };
}
