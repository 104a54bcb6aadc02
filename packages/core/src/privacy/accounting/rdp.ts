/** The Rényi differential privacy of something, at every order above 1. */
export type RdpCurve = (order: number) => number;

/**
 * Rényi divergence of order alpha between two releases of the Gaussian mechanism that differ by the whole
 * sensitivity, without sampling (q = 1):
 *
 *   RDP(alpha) = alpha / (2 z^2)      (z: standard deviation of the noise over the sensitivity)
 *
 * Mironov 2017, corollary 3. Adjacency: one unit added or removed. No noise costs infinity.
 *
 * @example
 * gaussianRdp(10, 20) // 0.1
 */
export function gaussianRdp(noiseMultiplier: number, order: number): number {
  if (!(noiseMultiplier >= 0))
    throw new RangeError(
      `gaussianRdp: noiseMultiplier is ${noiseMultiplier}; it must be 0 or more`,
    );
  if (!(order > 1)) throw new RangeError(`gaussianRdp: order is ${order}; it must be above 1`);
  return order / (2 * noiseMultiplier ** 2);
}

/** Several releases about the same data: their divergences add at every order, whatever their kinds. */
export function composed(curves: readonly RdpCurve[]): RdpCurve {
  return (order) => curves.reduce((sum, curve) => sum + curve(order), 0);
}
