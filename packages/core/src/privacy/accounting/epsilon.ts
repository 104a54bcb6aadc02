import { fineOrders } from "./orders.ts";
import type { RdpCurve } from "./rdp.ts";

/** Nearer to 1 the conversions lose their digits, and never give the least. */
export const LEAST_ORDER = 1.01;

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
    if (isCovered(divergence, delta)) return 0;
    least = Math.min(least, epsilonAt(divergence, { delta, order }));
  }
  return Math.max(0, least);
}

/**
 * The epsilon that a divergence of one order promises at a delta, by the conversion; it may be below 0. That of
 * order Infinity is epsilon itself, with delta 0.
 */
export function epsilonAt(
  divergence: number,
  { delta, order }: { readonly delta: number; readonly order: number },
): number {
  if (order === Infinity) return divergence;
  return divergence + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
}

/** Whether delta covers all that can be told apart at a divergence of any order. */
export function isCovered(divergence: number, delta: number): boolean {
  return delta ** 2 + Math.expm1(-divergence) > 0;
}
