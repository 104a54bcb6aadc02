import { itemOutside } from "../../data/index.ts";
import { shuffle, uniformBelow, type RandomStream } from "../../random/index.ts";
import type { Choices } from "./choices.ts";

export interface PfedrecStep {
  /** Step size of the score function; 0 leaves it as it is. */
  readonly learningRate: number;
  /** Step size of item vectors. */
  readonly itemLearningRate: number;
  /** Examples of a step. */
  readonly batchSize: number;
}

/** One user at work: its examples, the rows that they touch, and its score function. */
export interface PfedrecUser {
  /** Draws the user's examples and takes the rows that they touch out of the shared vectors. */
  readonly begin: (user: number, shared: Float32Array, random: RandomStream) => void;
  /** One pass in random order; gives the sum of the examples' losses. */
  readonly pass: (score: Float32Array, random: RandomStream, step: PfedrecStep) => number;
  /** Adds what the rows moved by to `sum`, row by row. */
  readonly addMoves: (shared: Float32Array, sum: Float64Array) => void;
  /** The user's own row of an item, as an offset in `rows`; -1: as shared. */
  readonly rowOf: (item: number) => number;
  readonly rows: () => Float64Array;
  /** Examples of the user. */
  readonly size: () => number;
}

/**
 * A score function sigmoid(w'v_i + b), [width + 1] numbers, and rows v_i of items. A step takes a batch and
 * descends the mean of its binary cross-entropies, first along (w, b), then, with the score function that
 * this gave, along the rows: the order of the paper's algorithm 1.
 *
 * Negatives are uniform over the items of their positive's domain that the user did not choose in training,
 * with replacement; a user who chose all of them has fewer. That they are of the same domain is ours, as
 * candidates are too.
 */
export function pfedrecUser(
  { numItems, itemStarts, offsets, items }: Choices,
  { width, negatives }: { readonly width: number; readonly negatives: number },
): PfedrecUser {
  let longest = 0;
  for (let u = 0; u + 1 < offsets.length; u++)
    longest = Math.max(longest, offsets[u + 1]! - offsets[u]!);
  const most = longest * (1 + negatives);
  const [itemOf, order] = [new Int32Array(most), new Int32Array(most)];
  const slotOf = new Int32Array(numItems).fill(-1);
  const [itemOfSlot, numPositives] = [new Int32Array(most), { value: 0 }];
  const rows = new Float64Array(most * width);
  const errors = new Float64Array(most);
  const gradient = new Float64Array(width + 1);
  let [size, slots] = [0, 0];

  const add = (item: number, shared: Float32Array) => {
    itemOf[size++] = item;
    if (slotOf[item]! >= 0) return;
    slotOf[item] = slots;
    itemOfSlot[slots] = item;
    for (let k = 0; k < width; k++) rows[slots * width + k] = shared[item * width + k]!;
    slots += 1;
  };

  /** The mean loss of a batch; its errors (p - y) / B are kept. */
  const forward = (score: Float32Array, from: number, to: number): number => {
    let loss = 0;
    for (let i = from; i < to; i++) {
      const example = order[i]!;
      const at = slotOf[itemOf[example]!]! * width;
      let logit = score[width]!;
      for (let k = 0; k < width; k++) logit += score[k]! * rows[at + k]!;
      const label = example < numPositives.value ? 1 : 0;
      errors[i] = (1 / (1 + Math.exp(-logit)) - label) / (to - from);
      const signed = label === 1 ? -logit : logit;
      loss += Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed)));
    }
    return loss;
  };

  return {
    begin: (user, shared, random) => {
      for (let slot = 0; slot < slots; slot++) slotOf[itemOfSlot[slot]!] = -1;
      [size, slots] = [0, 0];
      const [from, to] = [offsets[user]!, offsets[user + 1]!];
      for (let i = from; i < to; i++) add(items[i]!, shared);
      numPositives.value = to - from;
      for (let domain = 0, start = from; domain + 1 < itemStarts.length; domain++) {
        let end = start;
        while (end < to && items[end]! < itemStarts[domain + 1]!) end += 1;
        const free = itemStarts[domain + 1]! - itemStarts[domain]! - (end - start);
        const draws = free > 0 ? (end - start) * negatives : 0;
        for (let draw = 0; draw < draws; draw++) {
          // The lowest item of the domain that is free is the one with as many free ones before it.
          const before = itemStarts[domain]! - (start - from);
          add(itemOutside(items, from, to, before + uniformBelow(random, free)), shared);
        }
        start = end;
      }
    },
    pass: (score, random, { learningRate, itemLearningRate, batchSize }) => {
      for (let i = 0; i < size; i++) order[i] = i;
      shuffle(random, order.subarray(0, size));
      let loss = 0;
      for (let from = 0; from < size; from += batchSize) {
        const to = Math.min(size, from + batchSize);
        if (learningRate > 0) {
          forward(score, from, to);
          gradient.fill(0);
          for (let i = from; i < to; i++) {
            const at = slotOf[itemOf[order[i]!]!]! * width;
            for (let k = 0; k < width; k++) gradient[k]! += errors[i]! * rows[at + k]!;
            gradient[width]! += errors[i]!;
          }
          for (let k = 0; k <= width; k++) score[k]! -= learningRate * gradient[k]!;
        }
        loss += forward(score, from, to);
        for (let i = from; i < to; i++) {
          const at = slotOf[itemOf[order[i]!]!]! * width;
          const step = itemLearningRate * errors[i]!;
          for (let k = 0; k < width; k++) rows[at + k]! -= step * score[k]!;
        }
      }
      return loss;
    },
    addMoves: (shared, sum) => {
      for (let slot = 0; slot < slots; slot++)
        for (let k = 0, at = itemOfSlot[slot]! * width; k < width; k++)
          sum[at + k]! += rows[slot * width + k]! - shared[at + k]!;
    },
    rowOf: (item) => (slotOf[item]! < 0 ? -1 : slotOf[item]! * width),
    rows: () => rows,
    size: () => size,
  };
}
