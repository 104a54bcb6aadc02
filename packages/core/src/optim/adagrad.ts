import type { Arena } from "../kernels/index.ts";
import { checkLengths, momentOf, type Optimiser, type OptimiserSettings } from "./optimiser.ts";

/** The floor of Adagrad's denominator, PyTorch's. */
export const ADAGRAD_EPSILON = 1e-10;

/**
 * Adagrad in the form of PyTorch, the accumulator starting at 0.
 *
 *   g <- g + wd p,   s <- s + g^2,   p <- p - lr g / (sqrt(s) + eps),   eps = 1e-10
 *
 * Duchi, Hazan and Singer 2011; `torch.optim.Adagrad`.
 */
export function adagrad(
  { learningRate, weightDecay }: OptimiserSettings,
  { address, float32, kernels }: Arena,
): Optimiser {
  return {
    init: (size) => ({ step: 0, moments: { sum: float32(size) } }),
    step: (parameters, gradient, state) => {
      checkLengths(parameters, gradient);
      const sum = momentOf(state, "sum", parameters.length);
      state.step++;
      kernels.adagrad(
        address(parameters),
        address(gradient),
        address(sum),
        parameters.length,
        weightDecay,
        learningRate,
        ADAGRAD_EPSILON,
      );
    },
  };
}
