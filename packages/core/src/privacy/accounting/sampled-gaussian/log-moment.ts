/** A Gaussian mechanism with Poisson sampling: probability q of taking part, deviation z of the noise. */
export interface SampledGaussian {
  /** Above 0 and below 1. */
  readonly samplingRate: number;
  /** Above 0, finite. */
  readonly noiseMultiplier: number;
}

/**
 * log A(alpha) of orders above 1, where A is the moment of the privacy loss that divergences come from:
 *
 *   RDP(alpha) = log A(alpha) / (alpha - 1)
 *   A(alpha) = E[f(x)^alpha],  x ~ N(0, z^2),  f(x) = 1 - q + q exp((2x - 1) / (2 z^2))
 *
 * Mironov, Talwar and Zhang 2019, section 3.
 */
export type LogMoment = (order: number) => number;

/** log(1 + x) of a logarithm log x, however large or small x is. */
export function log1pOfLog(logX: number): number {
  return logX > 0 ? logX + Math.log1p(Math.exp(-logX)) : Math.log1p(Math.exp(logX));
}
