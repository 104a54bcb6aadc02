import { fineOrders } from "./orders.ts";
import type { RdpCurve } from "./rdp.ts";

/** Nearer to 1 the conversion loses its digits, and never gives the least. */
const LEAST_ORDER = 1.01;

/**
 * The epsilon at the given delta that a Rényi curve promises: the least over the orders of
 *
 *   RDP(alpha) + log((alpha - 1) / alpha) - (log delta + log alpha) / (alpha - 1)
 *
 * (Balle et al. 2020, theorem 21; Canonne, Kamath and Steinke 2020, proposition 12), never below 0. Every
 * order gives a valid bound, so which ones are tried changes its tightness only. It is 0 where delta covers
 * all that can be told apart, by the bound of Bretagnolle and Huber: delta^2 > 1 - exp(-RDP(alpha)).
 */
export function epsilonOf(
  rdp: RdpCurve,
  delta: number,
  orders: readonly number[] = fineOrders,
): number {
  if (!(delta > 0 && delta < 1))
    throw new RangeError(`epsilonOf: delta is ${delta}; it must lie between 0 and 1`);
  let least = Infinity;
  for (const order of orders) {
    if (order <= LEAST_ORDER) continue;
    const divergence = rdp(order);
    if (!(divergence >= 0))
      throw new RangeError(`epsilonOf: the divergence of order ${order} is ${divergence}`);
    if (delta ** 2 + Math.expm1(-divergence) > 0) return 0;
    const epsilon =
      divergence + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
    least = Math.min(least, epsilon);
  }
  return Math.max(0, least);
}
