import { checkLengths, momentOf, type Optimiser, type OptimiserSettings } from "./optimiser.ts";

const EPSILON = 1e-10;

/**
 * Adagrad in the form of PyTorch, the accumulator starting at 0.
 *
 *   g <- g + wd p,   s <- s + g^2,   p <- p - lr g / (sqrt(s) + eps),   eps = 1e-10
 *
 * Duchi, Hazan and Singer 2011; `torch.optim.Adagrad`.
 */
export function adagrad({ learningRate, weightDecay }: OptimiserSettings): Optimiser {
  return {
    init: (size) => ({ step: 0, moments: { sum: new Float32Array(size) } }),
    step: (parameters, gradient, state) => {
      checkLengths(parameters, gradient);
      const sum = momentOf(state, "sum", parameters.length);
      state.step++;
      for (let i = 0; i < parameters.length; i++) {
        const p = parameters[i]!;
        const g = gradient[i]! + weightDecay * p;
        const s = sum[i]! + g * g;
        sum[i] = s;
        parameters[i] = p - (learningRate * g) / (Math.sqrt(s) + EPSILON);
      }
    },
  };
}
