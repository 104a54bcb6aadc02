import { checkLengths, momentOf, type Optimiser, type OptimiserSettings } from "./optimiser.ts";

/** Decay of the mean gradient, of the mean squared gradient, and the floor of the denominator. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * Adam, bias-corrected in the form of PyTorch: epsilon stands beside the corrected root.
 *
 *   g <- g + wd p
 *   m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2
 *   p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
 *
 * Kingma and Ba 2015, algorithm 1; `torch.optim.Adam`.
 */
export function adam(settings: OptimiserSettings): Optimiser {
  return adamFamily({ ...settings, decay: "l2" });
}

/**
 * Adam with decoupled weight decay: p <- (1 - lr wd) p before a step of Adam without decay.
 *
 * Loshchilov and Hutter 2019; `torch.optim.AdamW`.
 */
export function adamw(settings: OptimiserSettings): Optimiser {
  return adamFamily({ ...settings, decay: "decoupled" });
}

interface AdamSettings extends OptimiserSettings {
  readonly decay: "l2" | "decoupled";
}

function adamFamily({ learningRate, weightDecay, decay }: AdamSettings): Optimiser {
  const { beta1, beta2, epsilon } = ADAM;
  const l2 = decay === "l2" ? weightDecay : 0;
  const shrink = decay === "decoupled" ? 1 - learningRate * weightDecay : 1;
  return {
    init: (size) => ({
      step: 0,
      moments: { mean: new Float32Array(size), square: new Float32Array(size) },
    }),
    step: (parameters, gradient, state) => {
      checkLengths(parameters, gradient);
      const mean = momentOf(state, "mean", parameters.length);
      const square = momentOf(state, "square", parameters.length);
      state.step++;
      const stepSize = learningRate / (1 - beta1 ** state.step);
      const squareScale = 1 / (1 - beta2 ** state.step);
      for (let i = 0; i < parameters.length; i++) {
        const p = parameters[i]!;
        const g = gradient[i]! + l2 * p;
        const m = beta1 * mean[i]! + (1 - beta1) * g;
        const v = beta2 * square[i]! + (1 - beta2) * g * g;
        mean[i] = m;
        square[i] = v;
        parameters[i] = shrink * p - (stepSize * m) / (Math.sqrt(v * squareScale) + epsilon);
      }
    },
  };
}
