import type { Accountant } from "./accountant.ts";
import { bestOrder, type AtOrder } from "./best-order.ts";
import { checkDelta, checkEpsilon, checkUses, isFree } from "./check.ts";
import { logDeltaApart, logDeltaAt } from "./delta.ts";
import { epsilonAt, isCovered } from "./epsilon.ts";
import type { Uses } from "./mechanism.ts";
import { fineOrders } from "./orders.ts";
import type { RdpCurve } from "./rdp.ts";
import { rememberedRdpCurve } from "./rdp-memo.ts";

const smallestOrder = fineOrders[0]!;

/**
 * Accounting by Rényi divergences, which add at every order: cheap, for any number of different mechanisms,
 * and up to a tenth above the truth where many releases add up; far more at few releases with little
 * sampling (`pld` is tight there).
 */
export const rdpAccountant: Accountant = {
  epsilon: (uses, delta) => Math.max(0, leastEpsilon(uses, delta).value),
  delta: (uses, epsilon) => Math.exp(Math.min(0, leastLogDelta(uses, epsilon).value)),
};

/** The least epsilon that Rényi divergences promise at delta, and the order that does; 0 where delta covers all that can be told apart. */
export function leastEpsilon(uses: readonly Uses[], delta: number): AtOrder {
  checkDelta(delta);
  const curve = curveOf(uses);
  if (isCovered(curve(smallestOrder), delta)) return { order: smallestOrder, value: 0 };
  const best = bestOrder((order) => epsilonAt(curve(order), { delta, order }));
  // Finite where nothing but Laplace noise is used, whose losses have a largest one.
  const largest = { order: Infinity, value: curve(Infinity) };
  return largest.value <= best.value ? largest : best;
}

/** The logarithm of the least delta that Rényi divergences promise at epsilon, and the order that does. */
export function leastLogDelta(uses: readonly Uses[], epsilon: number): AtOrder {
  checkEpsilon(epsilon);
  const curve = curveOf(uses);
  if (curve(Infinity) <= epsilon) return { order: Infinity, value: -Infinity };
  const apart = { order: smallestOrder, value: logDeltaApart(curve(smallestOrder)) };
  const best = bestOrder((order) => logDeltaAt(curve(order), { epsilon, order }));
  return apart.value <= best.value ? apart : best;
}

/** Divergences of all uses together. */
export function curveOf(uses: readonly Uses[]): RdpCurve {
  checkUses(uses);
  const parts = uses
    .filter(({ mechanism, count }) => count > 0 && !isFree(mechanism))
    .map(({ mechanism, count }) => ({ curve: rememberedRdpCurve(mechanism), count }));
  return (order) => {
    let sum = 0;
    for (const { curve, count } of parts) sum += count * curve(order);
    return sum;
  };
}
