import { AtollError } from "../../errors/index.ts";

/** Settings of a bound that follows a quantile of the norms; see `adaptiveClip`. */
export interface AdaptiveClipSettings {
  /** gamma: share of the units that the bound is to leave as they are. */
  readonly quantile: number;
  /** The bound of the first step. */
  readonly initial: number;
  /** eta. */
  readonly learningRate: number;
  /** sigma_b: deviation of the noise on the sum of indicators. */
  readonly countNoise: number;
  /** Public: the sum is divided by it, whoever took part. */
  readonly expectedUnits: number;
}

export interface AdaptiveClip {
  readonly init: () => number;
  /**
   * The bound of the next step, from the one that was applied in this: `noisySum` adds +1/2 for every unit
   * that it left as it was and -1/2 for every other one, and noise of deviation `countNoise`.
   */
  readonly step: (bound: number, noisySum: number) => number;
}

/**
 * A bound that follows a quantile of the norms (Andrew et al. 2021, arXiv 1905.03871):
 *
 *   C <- C exp(-eta (b - gamma)),     b = noisy share of units with norm <= C
 *
 * The noise on the sum of a step is a multiple of the bound that was *applied* in it.
 */
export function adaptiveClip(settings: AdaptiveClipSettings): AdaptiveClip {
  const { quantile, initial, learningRate, expectedUnits } = settings;
  return {
    init: () => initial,
    step: (bound, noisySum) => {
      const unclipped = noisySum / expectedUnits + 1 / 2;
      return bound * Math.exp(-learningRate * (unclipped - quantile));
    },
  };
}

/**
 * Noise multiplier of the sum beside which the count costs nothing more than `noiseMultiplier` in all:
 *
 *   z_delta = (z^-2 - (2 sigma_b)^-2)^(-1/2)
 *
 * An indicator of +-1/2 moves the count by 1/2, so its own noise multiplier is 2 sigma_b. PRIVACY_COUNT_NOISE
 * where the count alone costs all that z allows, or more: z >= 2 sigma_b.
 */
export function sumNoiseMultiplier(noiseMultiplier: number, countNoise: number): number {
  if (noiseMultiplier === 0) return 0;
  if (!(noiseMultiplier < 2 * countNoise))
    throw new AtollError(
      "PRIVACY_COUNT_NOISE",
      `the count that moves the clip bound has noise of deviation ${countNoise}, which alone costs what a noise multiplier of ${2 * countNoise} costs; ${noiseMultiplier} are asked for in all: raise countNoise above ${noiseMultiplier / 2}, by larger batches if it is not set, or lower the noise multiplier`,
    );
  return (noiseMultiplier ** -2 - (2 * countNoise) ** -2) ** -0.5;
}
