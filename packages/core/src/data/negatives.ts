import { uniformBelow, type RandomStream } from "../random/index.ts";
import type { Batch, NegativeSource, TrainingData } from "./examples.ts";
import { itemOutside } from "./items-of-user.ts";

/** Turns copies of positives into negatives. */
export interface NegativeSampler {
  /** Gives row `at` of the batch, a copy of positive `row`, its `k`-th negative item, 0 <= k < ratio. */
  readonly replaceItem: (row: number, k: number, batch: Batch, at: number) => void;
}

/** How many items a training row may draw; 0 where its user excludes the whole pool. */
export function numFreeItems(
  data: TrainingData,
  { pools, poolOfRow }: NegativeSource,
  row: number,
): number {
  const pool = pools[poolOfRow[row]!]!;
  const user = data.train.user[row]!;
  return pool.numItems - (pool.excludedOffsets[user + 1]! - pool.excludedOffsets[user]!);
}

/**
 * Negatives uniform over the pool of the positive's client minus what its user excludes, distinct among
 * the negatives of one positive as far as the pool allows. All are drawn up front: a pass shuffles its
 * rows, and the negatives of one positive must know each other.
 */
export function negativeSampler(
  data: TrainingData,
  source: NegativeSource,
  random: RandomStream,
): NegativeSampler {
  const { schema } = data;
  const { ratio, pools, poolOfRow } = source;
  const F = schema.categorical.length;
  const N = schema.numeric.length;
  const itemCategorical = itemColumns(schema.categorical);
  const itemNumeric = itemColumns(schema.numeric);
  const numCategorical = itemCategorical.length;
  const numNumeric = itemNumeric.length;
  const drawn = drawAll(data, source, random);
  return {
    replaceItem: (row, k, batch, at) => {
      const pool = pools[poolOfRow[row]!]!;
      const item = drawn[row * ratio + k]!;
      for (let i = 0; i < numCategorical; i++)
        batch.categorical[at * F + itemCategorical[i]!] =
          pool.categorical[item * numCategorical + i]!;
      for (let i = 0; i < numNumeric; i++)
        batch.numeric[at * N + itemNumeric[i]!] = pool.numeric[item * numNumeric + i]!;
      batch.label[at] = 0;
    },
  };
}

/** Positions of the features that a sampled item brings along. */
export function itemColumns(features: readonly { readonly of: string }[]): Int32Array {
  return Int32Array.from(features.keys()).filter((f) => features[f]!.of === "item");
}

/** [train.numRows * ratio], item indices of the positive's pool; -1 where nothing may be drawn. */
function drawAll(data: TrainingData, source: NegativeSource, random: RandomStream): Int32Array {
  const { train } = data;
  const { ratio, pools, poolOfRow } = source;
  const drawn = new Int32Array(train.numRows * ratio).fill(-1);
  for (let row = 0; row < train.numRows; row++) {
    const { excludedOffsets, excludedItems } = pools[poolOfRow[row]!]!;
    const from = excludedOffsets[train.user[row]!]!;
    const to = excludedOffsets[train.user[row]! + 1]!;
    const free = numFreeItems(data, source, row);
    if (free === 0) continue;
    const start = row * ratio;
    for (let k = 0; k < ratio;) {
      const item = itemOutside(excludedItems, from, to, uniformBelow(random, free));
      // Once every free item was drawn, repeats are all there is.
      if (k < free && isAmong(drawn, start, start + k, item)) continue;
      drawn[start + k] = item;
      k += 1;
    }
  }
  return drawn;
}

function isAmong(items: Int32Array, start: number, end: number, item: number): boolean {
  for (let i = start; i < end; i++) if (items[i] === item) return true;
  return false;
}
