import { checkLengths, type Optimiser, type OptimiserSettings } from "./optimiser.ts";

/**
 * Plain stochastic gradient descent with L2 in the gradient.
 *
 *   p <- p - lr (g + wd p)
 */
export function sgd({ learningRate, weightDecay }: OptimiserSettings): Optimiser {
  return {
    init: () => ({ step: 0, moments: {} }),
    step: (parameters, gradient, state) => {
      checkLengths(parameters, gradient);
      state.step++;
      for (let i = 0; i < parameters.length; i++) {
        const p = parameters[i]!;
        parameters[i] = p - learningRate * (gradient[i]! + weightDecay * p);
      }
    },
  };
}
