import { log1pOfLog } from "./sampled-gaussian/log-moment.ts";

/**
 * Rényi divergence of the Laplace mechanism with scale b (over the sensitivity, in sums of absolute values):
 *
 *   RDP(alpha) = log(alpha / (2 alpha - 1) exp((alpha - 1) / b) + (alpha - 1) / (2 alpha - 1) exp(-alpha / b))
 *                / (alpha - 1)
 *
 * and 1 / b at order Infinity, which is its epsilon with delta 0. Mironov 2017, table II.
 */
export function laplaceRdp(scale: number, order: number): number {
  if (!(scale >= 0)) throw new RangeError(`laplaceRdp: scale is ${scale}; it must be 0 or more`);
  if (!(order > 1)) throw new RangeError(`laplaceRdp: order is ${order}; it must be above 1`);
  if (scale === 0) return Infinity;
  if (order === Infinity) return 1 / scale;
  const toLoss = order / (2 * order - 1);
  const toGain = (order - 1) / (2 * order - 1);
  const growth = (order - 1) / scale;
  // The first powers of 1 / b cancel: while they are small, the series goes on without them.
  if (order / scale < 0.1) return Math.log1p(series(order, scale)) / (order - 1);
  if (growth > 700) return (Math.log(toLoss) + growth) / (order - 1);
  const moment = toLoss * Math.expm1(growth) + toGain * Math.expm1(-order / scale);
  return log1pOfLog(Math.log(moment)) / (order - 1);
}

/** The moment minus 1: (alpha (alpha - 1)^n + (alpha - 1) (-alpha)^n) / ((2 alpha - 1) n! b^n), n from 2. */
function series(order: number, scale: number): number {
  let up = order / (2 * order - 1);
  let down = (order - 1) / (2 * order - 1);
  let sum = 0;
  for (let n = 1; n < 20; n++) {
    up *= (order - 1) / (scale * n);
    down *= -order / (scale * n);
    if (n > 1) sum += up + down;
  }
  return sum;
}
