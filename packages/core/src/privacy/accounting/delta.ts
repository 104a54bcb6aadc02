import { checkEpsilon } from "./check.ts";
import { LEAST_ORDER } from "./epsilon.ts";
import { fineOrders } from "./orders.ts";
import type { RdpCurve } from "./rdp.ts";

/**
 * The delta at the given epsilon that a Rényi curve promises, the inverse of `epsilonOf`: the least over the
 * orders of
 *
 *   exp((alpha - 1) (RDP(alpha) - epsilon + log((alpha - 1) / alpha)) - log alpha)
 *
 * and of sqrt(1 - exp(-RDP(alpha))) (Bretagnolle and Huber), never above 1.
 */
export function deltaOf(
  rdp: RdpCurve,
  epsilon: number,
  orders: readonly number[] = fineOrders,
): number {
  checkEpsilon(epsilon);
  let least = 0;
  for (const order of orders) {
    const divergence = rdp(order);
    if (!(divergence >= 0))
      throw new RangeError(`deltaOf: the divergence of order ${order} is ${divergence}`);
    least = Math.min(least, logDeltaApart(divergence));
    if (order > LEAST_ORDER) least = Math.min(least, logDeltaAt(divergence, { epsilon, order }));
  }
  return Math.exp(least);
}

/** The logarithm of the delta that a divergence of one order promises at an epsilon, by the conversion. */
export function logDeltaAt(
  divergence: number,
  { epsilon, order }: { readonly epsilon: number; readonly order: number },
): number {
  if (divergence === Infinity) return Infinity;
  if (order === Infinity) return divergence <= epsilon ? -Infinity : Infinity;
  return (order - 1) * (divergence - epsilon + Math.log1p(-1 / order)) - Math.log(order);
}

/** The logarithm of the delta that covers all that can be told apart at a divergence, whatever epsilon is. */
export function logDeltaApart(divergence: number): number {
  return 0.5 * Math.log(-Math.expm1(-divergence));
}
