import { checkMechanism, isFree } from "./check.ts";
import { laplaceRdp } from "./laplace.ts";
import type { Mechanism } from "./mechanism.ts";
import { gaussianRdp, type RdpCurve } from "./rdp.ts";
import { sampledGaussianRdp } from "./sampled-gaussian/rdp.ts";

/**
 * Rényi differential privacy of one use of a mechanism, as a function of the order. Where many orders are
 * asked of one mechanism, keep the function: it keeps what they share.
 *
 * Gaussian noise on the integers has no more than that of the same deviation on the real line,
 * alpha / (2 z^2) (Canonne, Kamath and Steinke 2020, theorem 4 and proposition 5).
 */
export function rdpCurveOf(mechanism: Mechanism): RdpCurve {
  checkMechanism(mechanism);
  if (isFree(mechanism)) return () => 0;
  const { noiseMultiplier } = mechanism;
  switch (mechanism.kind) {
    case "gaussian":
      return sampledGaussianRdp(mechanism);
    case "discrete-gaussian":
      return (order) => gaussianRdp(noiseMultiplier, order);
    case "laplace":
      return (order) => laplaceRdp(noiseMultiplier, order);
  }
}

/**
 * Rényi differential privacy of one use of a mechanism at one order above 1.
 *
 * @example
 * rdpOf({ kind: "gaussian", noiseMultiplier: 10, samplingRate: 1 }, 20) // 0.1
 */
export function rdpOf(mechanism: Mechanism, order: number): number {
  return rdpCurveOf(mechanism)(order);
}
