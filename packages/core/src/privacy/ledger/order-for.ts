import { bestOrder } from "../accounting/best-order.ts";
import type { Uses } from "../accounting/mechanism.ts";
import { curveOf } from "../accounting/rdp-accountant.ts";
import { mergeUses } from "./uses.ts";

/** Taken where orders make no difference. */
const ANY_ORDER = 2;

/**
 * The order that a Renyi filter should fix for releases that will be about as planned: where most of them fit
 * into epsilon, or, without a cap (Infinity), where the plan costs least.
 *
 *   alpha = argmax B(alpha) / RDP_plan(alpha)
 *   B(alpha) = epsilon - log((alpha - 1) / alpha) + (log delta + log alpha) / (alpha - 1)
 *
 * It has to come from the plan alone, before the first release; any order is sound. A plan that fits into
 * epsilon by the rdp accountant fits into the filter's. Where the plan costs nothing, or has no noise, all
 * orders are alike.
 */
export function orderFor(
  plan: readonly Uses[],
  { delta, epsilon }: { readonly delta: number; readonly epsilon: number },
): number {
  const divergence = curveOf(mergeUses(plan));
  const some = divergence(ANY_ORDER);
  if (!(some > 0 && some < Infinity)) return ANY_ORDER;
  const conversion = (order: number) =>
    Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
  const cheapest = bestOrder((order) => divergence(order) + conversion(order)).order;
  if (epsilon === Infinity) return cheapest;
  const room = (order: number) => (epsilon - conversion(order)) / divergence(order);
  const roomiest = bestOrder((order) => -room(order)).order;
  return room(cheapest) > room(roomiest) ? cheapest : roomiest;
}
