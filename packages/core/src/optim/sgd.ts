import type { Arena } from "../kernels/index.ts";
import { checkLengths, type Optimiser, type OptimiserSettings } from "./optimiser.ts";

/**
 * Plain stochastic gradient descent with L2 in the gradient.
 *
 *   p <- p - lr (g + wd p)
 */
export function sgd(
  { learningRate, weightDecay }: OptimiserSettings,
  { address, kernels }: Arena,
): Optimiser {
  return {
    init: () => ({ step: 0, moments: {} }),
    step: (parameters, gradient, state) => {
      checkLengths(parameters, gradient);
      state.step++;
      kernels.sgd(
        address(parameters),
        address(gradient),
        parameters.length,
        weightDecay,
        learningRate,
      );
    },
  };
}
