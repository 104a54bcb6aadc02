import { fineOrders } from "./orders.ts";

const LARGEST_DOUBLING = 2 ** 17;

/** An order, and what is least there. */
export interface AtOrder {
  readonly order: number;
  readonly value: number;
}

/**
 * Where a bound is least, over `fineOrders` and all whole orders up to 2^18, with a few dozen evaluations.
 *
 * The bound has to fall, then rise. An epsilon at fixed delta does: times alpha - 1 it is a convex function
 * of alpha, since moments of order alpha are log-convex. So does the logarithm of a delta at fixed epsilon,
 * which is convex itself. Were it otherwise, the value would be a valid bound all the same, but not the
 * least. Whole orders come first, which cost the least to evaluate.
 */
export function bestOrder(boundAt: (order: number) => number): AtOrder {
  const known = new Map<number, number>();
  const at = (order: number): number => {
    let value = known.get(order);
    if (value === undefined) known.set(order, (value = boundAt(order)));
    return value;
  };

  let doubling = 2;
  while (doubling < LARGEST_DOUBLING && at(2 * doubling) < at(doubling)) doubling *= 2;
  const whole = leastIndex((index) => at(index), {
    from: Math.max(2, doubling / 2),
    to: 2 * doubling,
  });
  const fine = leastIndex((index) => at(fineOrders[index]!), {
    from: fineOrders.findIndex((order) => order > (whole === 2 ? 1 : whole - 1)),
    to: fineOrders.findLastIndex((order) => order < whole + 1),
  });

  const orders = [whole, fineOrders[fine]!];
  const order = orders.reduce((best, other) => (at(other) < at(best) ? other : best));
  return { order, value: at(order) };
}

/** Where f is least among from..to, both included; f falls, then rises. One evaluation a step. */
function leastIndex(
  f: (index: number) => number,
  range: { readonly from: number; readonly to: number },
): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let { from, to } = range;
  while (to - from > 3) {
    const width = to - from;
    const right = Math.min(to - 1, from + Math.round(ratio * width));
    const left = Math.min(right - 1, to - Math.round(ratio * width));
    // Equal values are both past the least, where f is infinite.
    if (f(left) <= f(right)) to = right;
    else from = left;
  }
  let least = from;
  for (let index = from + 1; index <= to; index++) if (f(index) < f(least)) least = index;
  return least;
}
