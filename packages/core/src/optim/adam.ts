import type { Arena } from "../kernels/index.ts";
import { checkLengths, momentOf, type Optimiser, type OptimiserSettings } from "./optimiser.ts";

/** Decay of the mean gradient, of the mean squared gradient, and the floor of the denominator. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * Numbers smaller than this count as 0. Weights of dead units under weight decay, and means of gradients that stay away, would shrink
 * below 1.2e-38 and rest there: every product with such a number takes a processor a hundred times as long.
 */
const TINY = 2 ** -100;
/** They are looked for every so many steps, as in every step that takes Adam half as long again. */
const STEPS_PER_LOOK = 16;

/**
 * Adam, bias-corrected in the form of PyTorch: epsilon stands beside the corrected root.
 *
 *   g <- g + wd p
 *   m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2
 *   p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
 *
 * Every 16 steps, p, m and v that are smaller than 2^-100 in size become 0.
 *
 * Kingma and Ba 2015, algorithm 1; `torch.optim.Adam`.
 */
export function adam(settings: OptimiserSettings, arena: Arena): Optimiser {
  return adamFamily({ ...settings, decay: "l2" }, arena);
}

/**
 * Adam with decoupled weight decay: p <- (1 - lr wd) p before a step of Adam without decay.
 *
 * Loshchilov and Hutter 2019; `torch.optim.AdamW`.
 */
export function adamw(settings: OptimiserSettings, arena: Arena): Optimiser {
  return adamFamily({ ...settings, decay: "decoupled" }, arena);
}

/** The bias corrections of step `t`, as factors: of the step size, and under the root. */
export function adamCorrections(t: number): { readonly step: number; readonly square: number } {
  return { step: 1 / (1 - ADAM.beta1 ** t), square: 1 / (1 - ADAM.beta2 ** t) };
}

interface AdamSettings extends OptimiserSettings {
  readonly decay: "l2" | "decoupled";
}

function adamFamily({ learningRate, weightDecay, decay }: AdamSettings, arena: Arena): Optimiser {
  const { beta1, beta2, epsilon } = ADAM;
  const { address, float32, kernels } = arena;
  const l2 = decay === "l2" ? weightDecay : 0;
  const shrink = decay === "decoupled" ? 1 - learningRate * weightDecay : 1;
  return {
    init: (size) => ({ step: 0, moments: { mean: float32(size), square: float32(size) } }),
    step: (parameters, gradient, state) => {
      checkLengths(parameters, gradient);
      const mean = momentOf(state, "mean", parameters.length);
      const square = momentOf(state, "square", parameters.length);
      state.step++;
      const correction = adamCorrections(state.step);
      kernels.adam(
        address(parameters),
        address(gradient),
        address(mean),
        address(square),
        parameters.length,
        l2,
        shrink,
        learningRate * correction.step,
        correction.square,
        beta1,
        beta2,
        1 - beta1,
        1 - beta2,
        epsilon,
      );
      if (state.step % STEPS_PER_LOOK !== 0) return;
      for (const values of [parameters, mean, square])
        kernels.zeroTiny(address(values), values.length, TINY);
    },
  };
}
