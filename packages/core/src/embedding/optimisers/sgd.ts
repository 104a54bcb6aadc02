import type { OptimiserSettings } from "../../optim/index.ts";
import type { TableOptimiser } from "./table-optimiser.ts";

/** Gradient descent on the rows of the batch: p <- p - lr (g + wd p). Without memory. */
export function sgdRows({ learningRate, weightDecay }: OptimiserSettings): TableOptimiser {
  return {
    init: () => ({ step: 0, moments: {} }),
    step: ({ arena, values, width }, { count, rows, sums }, state) => {
      const { address, kernels } = arena;
      state.step++;
      kernels.sgdRows(
        address(values),
        address(sums),
        address(rows),
        count,
        width,
        weightDecay,
        learningRate,
      );
    },
  };
}
