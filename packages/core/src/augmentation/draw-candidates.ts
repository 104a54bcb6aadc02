import { uniform, type RandomStream } from "../random/index.ts";

/** What candidates of a domain are drawn by. */
export interface CandidateWeights {
  /** The first item of the domain. */
  readonly start: number;
  /** [items of the domain], running sums of what items weigh. */
  readonly cumulative: Float64Array;
  /** Items with a weight above 0. */
  readonly positive: number;
}

/** The weights of items start to end - 1: an item without weight is never drawn. */
export function candidateWeights(
  weights: Float64Array,
  { start, end }: { readonly start: number; readonly end: number },
): CandidateWeights {
  const cumulative = new Float64Array(end - start);
  let total = 0;
  let positive = 0;
  for (let item = start; item < end; item++) {
    const weight = weights[item]!;
    if (!(weight >= 0 && weight < Infinity))
      throw new RangeError(`the weight of item ${item} is ${weight}; give a number of 0 or more`);
    total += weight;
    positive += weight > 0 ? 1 : 0;
    cumulative[item - start] = total;
  }
  return { start, cumulative, positive };
}

export interface DrawOptions {
  /** How many; where fewer items are left, all of these. */
  readonly count: number;
  /** Items that are not drawn, such as the user's own. */
  readonly excluded: ReadonlySet<number>;
  readonly random: RandomStream;
}

/** Draws that may miss before what is left is listed. */
const PATIENCE = 50;

/**
 * Distinct items of a domain, none of them excluded, drawn one after another in proportion to their
 * weights among those that are left, in the order drawn.
 */
export function drawCandidates(
  weights: CandidateWeights,
  { count, excluded, random }: DrawOptions,
): number[] {
  const taken = new Set<number>();
  let misses = 0;
  // A draw that is thrown away where it hits what was taken follows the weights of what is left.
  while (taken.size < count && misses < PATIENCE && weights.positive > taken.size) {
    const item = drawItem(weights, random);
    if (excluded.has(item) || taken.has(item)) misses += 1;
    else taken.add(item);
  }
  while (taken.size < count) {
    const item = drawLeft(weights, (other) => !excluded.has(other) && !taken.has(other), random);
    if (item === undefined) break;
    taken.add(item);
  }
  return [...taken];
}

/** One item in proportion to the weights; some item has to have one. */
export function drawItem({ start, cumulative }: CandidateWeights, random: RandomStream): number {
  return start + place(cumulative, random);
}

/** The first place whose running sum is above a number uniform below the total. */
function place(cumulative: Float64Array, random: RandomStream): number {
  const target = uniform(random) * cumulative.at(-1)!;
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The same distribution from a list of what is left, for users who have most of a domain. */
function drawLeft(
  { start, cumulative }: CandidateWeights,
  free: (item: number) => boolean,
  random: RandomStream,
): number | undefined {
  const left: number[] = [];
  const sums: number[] = [];
  let total = 0;
  for (let at = 0; at < cumulative.length; at++) {
    const weight = cumulative[at]! - (at === 0 ? 0 : cumulative[at - 1]!);
    if (weight <= 0 || !free(start + at)) continue;
    left.push(start + at);
    sums.push((total += weight));
  }
  return left.length === 0 ? undefined : left[place(Float64Array.from(sums), random)];
}
