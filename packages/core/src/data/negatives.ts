import { uniformBelow, type RandomStream } from "../random/index.ts";
import { holds } from "./candidates.ts";
import type { Batch, ItemPool, NegativeSource, TrainingData } from "./examples.ts";

/** Turns copies of positives into negatives. */
export interface NegativeSampler {
  /** Gives row `at` of the batch, a copy of positive `row`, its `number`-th negative item. */
  readonly replaceItem: (row: number, number: number, batch: Batch, at: number) => void;
}

/**
 * Negatives uniform over the pool of the positive's client minus what its user excludes, distinct among
 * the negatives of one positive as far as the pool allows. All are drawn up front: a pass shuffles its
 * rows, and the negatives of one positive must know each other.
 */
export function negativeSampler(
  data: TrainingData,
  { ratio, pools, poolOfRow }: NegativeSource,
  random: RandomStream,
): NegativeSampler {
  const { schema, train } = data;
  const F = schema.categorical.length;
  const N = schema.numeric.length;
  const itemCategorical = schema.categorical.map((_, f) => f).filter((f) => schema.categorical[f]!.of === "item");
  const itemNumeric = schema.numeric.map((_, n) => n).filter((n) => schema.numeric[n]!.of === "item");
  const drawn = new Int32Array(train.numRows * ratio);
  for (let row = 0; row < train.numRows; row++)
    drawFor(pools[poolOfRow[row]!]!, train.user[row]!, drawn, row * ratio, ratio, random);
  return {
    replaceItem: (row, number, batch, at) => {
      const pool = pools[poolOfRow[row]!]!;
      const item = drawn[row * ratio + number - 1]!;
      const numCategorical = itemCategorical.length;
      for (let i = 0; i < numCategorical; i++)
        batch.categorical[at * F + itemCategorical[i]!] = pool.categorical[item * numCategorical + i]!;
      for (let i = 0; i < itemNumeric.length; i++)
        batch.numeric[at * N + itemNumeric[i]!] = pool.numeric[item * itemNumeric.length + i]!;
      batch.label[at] = 0;
    },
  };
}

function drawFor(
  pool: ItemPool,
  user: number,
  drawn: Int32Array,
  start: number,
  ratio: number,
  random: RandomStream,
): void {
  const from = pool.excludedOffsets[user]!;
  const to = pool.excludedOffsets[user + 1]!;
  const free = pool.numItems - (to - from);
  for (let k = 0; k < ratio; k++) {
    let item: number;
    do {
      item = free > 0 ? freeItem(pool, from, to, free, random) : uniformBelow(random, pool.numItems);
      // Repeats are drawn again while distinct items are left.
    } while (k < free && isAmong(drawn, start, start + k, item));
    drawn[start + k] = item;
  }
}

function isAmong(items: Int32Array, start: number, end: number, item: number): boolean {
  for (let i = start; i < end; i++) if (items[i] === item) return true;
  return false;
}

/** A uniform item that is not excluded. */
function freeItem(pool: ItemPool, from: number, to: number, free: number, random: RandomStream): number {
  if (free * 4 >= pool.numItems)
    for (;;) {
      const item = uniformBelow(random, pool.numItems);
      if (!holds(pool.excludedItems, from, to, item)) return item;
    }
  // Nearly everything is excluded: the r-th free item is found by counting past the excluded ones.
  let item = uniformBelow(random, free);
  for (let i = from; i < to && pool.excludedItems[i]! <= item; i++) item += 1;
  return item;
}
