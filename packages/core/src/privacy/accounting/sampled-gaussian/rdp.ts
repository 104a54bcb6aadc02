import { gaussianRdp, type RdpCurve } from "../rdp.ts";
import { binomialSum, LARGEST_SUMMED } from "./binomial-sum.ts";
import type { SampledGaussian } from "./log-moment.ts";
import { quadrature } from "./quadrature.ts";

/**
 * Below this noise multiplier the cost without sampling is given, which is never less (divergences are
 * jointly quasi-convex). The quadrature's step shrinks with the noise, and no promise worth having is here:
 * RDP(alpha) is above 5,000 alpha without sampling.
 */
export const LEAST_NOISE_AMPLIFIED = 0.01;

/**
 * Rényi divergence of the Gaussian mechanism under Poisson sampling, RDP(alpha) = log A(alpha) / (alpha - 1),
 * at every order above 1, Infinity included. Adjacency: one unit added or removed. With everyone taking part
 * (q = 1) it is `gaussianRdp`, with nobody 0, with someone and no noise Infinity.
 */
export function sampledGaussianRdp(mechanism: SampledGaussian): RdpCurve {
  const { samplingRate, noiseMultiplier } = mechanism;
  if (samplingRate === 0 || noiseMultiplier === Infinity) return () => 0;
  if (samplingRate === 1 || noiseMultiplier < LEAST_NOISE_AMPLIFIED)
    return (order) => gaussianRdp(noiseMultiplier, order);
  const atWhole = binomialSum(mechanism);
  const atReal = quadrature(mechanism);
  return (order) => {
    if (!(order > 1))
      throw new RangeError(`sampledGaussianRdp: order is ${order}; it must be above 1`);
    if (order === Infinity) return Infinity;
    const summed = order <= LARGEST_SUMMED && Number.isInteger(order);
    return (summed ? atWhole(order) : atReal(order)) / (order - 1);
  };
}
