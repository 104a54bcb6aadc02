import { uniform, type RandomStream } from "../random/index.ts";
import type { Slice } from "./items-of-user.ts";

/** Items to be drawn in proportion to their weights, by inverse cumulative sums. */
export interface WeightedItems {
  /** [numItems], none negative. */
  readonly weights: Float64Array;
  /** [numItems + 1], the sum of the weights before each item; the last is that of all. */
  readonly cumulative: Float64Array;
  /** How many weights are above 0. */
  readonly numPositive: number;
}

/** Items that are not drawn, and their weights so far. */
export interface ExcludedItems extends Slice {
  /** before[i - start]: the weight of the slice's items before items[i]. */
  readonly before: Float64Array;
}

export function weightedItems(weights: Float64Array): WeightedItems {
  const cumulative = new Float64Array(weights.length + 1);
  for (let i = 0; i < weights.length; i++) cumulative[i + 1] = cumulative[i]! + weights[i]!;
  return {
    weights,
    cumulative,
    numPositive: weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0),
  };
}

/** How many items of positive weight are not in the slice. */
export function numFreeOf(
  { weights, numPositive }: WeightedItems,
  { items, start, end }: Slice,
): number {
  let free = numPositive;
  for (let i = start; i < end; i++) if (weights[items[i]!]! > 0) free -= 1;
  return free;
}

/** The weight of a slice's items before each. */
export function weightsBefore(weights: Float64Array, { items, start, end }: Slice): Float64Array {
  const before = new Float64Array(end - start);
  let sum = 0;
  for (let i = start; i < end; i++) {
    before[i - start] = sum;
    sum += weights[items[i]!]!;
  }
  return before;
}

/**
 * An item that is not excluded, with probability w_i / (sum of the weights that are not excluded): a
 * uniform mass u below that sum is moved past the excluded items whose free mass before them is at most
 * u, and looked up in the cumulative sums. One uniform number, no rejection. -1 where rounding put the
 * mass on an item that cannot be drawn; the caller draws again.
 */
export function weightedOutside(
  { weights, cumulative }: WeightedItems,
  { items, start, end, before }: ExcludedItems,
  random: RandomStream,
): number {
  const numItems = weights.length;
  const excluded = end > start ? before[end - start - 1]! + weights[items[end - 1]!]! : 0;
  const mass = uniform(random) * (cumulative[numItems]! - excluded);
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[items[middle]!]! - before[middle - start]! <= mass) low = middle + 1;
    else high = middle;
  }
  const target = mass + (low === end ? excluded : before[low - start]!);
  // The last item whose cumulative sum is at most the target lies between the excluded neighbours.
  const first = low > start ? items[low - 1]! + 1 : 0;
  const last = (low < end ? items[low]! : numItems) - 1;
  if (first > last) return -1;
  let from = first;
  let to = last;
  while (from < to) {
    const middle = (from + to + 1) >>> 1;
    if (cumulative[middle]! <= target) from = middle;
    else to = middle - 1;
  }
  return weights[from]! > 0 ? from : -1;
}

/** Draws in vain, in a row, after which the items that are left are listed. */
const PATIENCE = 64;

/**
 * An item that is neither excluded nor taken, in proportion to its weight. Taken items are met and
 * drawn past; where they hold most of the weight, what is left is listed instead, which gives the same
 * probabilities. At least one item must be left.
 */
export function weightedUntaken(
  weighted: WeightedItems,
  excluded: ExcludedItems,
  random: RandomStream,
  isTaken: (item: number) => boolean,
): number {
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    const item = weightedOutside(weighted, excluded, random);
    if (item >= 0 && !isTaken(item)) return item;
  }
  const { weights } = weighted;
  const left: number[] = [];
  let sum = 0;
  let next = excluded.start;
  for (let item = 0; item < weights.length; item++) {
    if (next < excluded.end && excluded.items[next] === item) next += 1;
    else if (weights[item]! > 0 && !isTaken(item)) {
      left.push(item);
      sum += weights[item]!;
    }
  }
  let mass = uniform(random) * sum;
  for (const item of left) {
    mass -= weights[item]!;
    if (mass < 0) return item;
  }
  return left.at(-1)!;
}
