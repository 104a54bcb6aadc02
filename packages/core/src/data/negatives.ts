import type { RandomStream } from "../random/index.ts";
import { drawNegatives } from "./draw-negatives.ts";
import type { Batch, NegativeSource, TrainingData } from "./examples.ts";
import { itemColumns, numColumnsOf, numStoredNumbers } from "./schema.ts";

export { numFreeItems } from "./draw-negatives.ts";

/** Turns copies of positives into negatives. */
export interface NegativeSampler {
  /** Gives row `at` of the batch, a copy of positive `row`, its `k`-th negative item, 0 <= k < ratio. */
  readonly replaceItem: (row: number, k: number, batch: Batch, at: number) => void;
}

/**
 * Negatives from the pool of the positive's client minus what its user excludes, uniform or as the pool
 * says, distinct among the negatives of one positive as far as the pool allows. All are drawn up front: a
 * pass shuffles its rows, and the negatives of one positive must know each other.
 */
export function negativeSampler(
  data: TrainingData,
  source: NegativeSource,
  random: RandomStream,
): NegativeSampler {
  const { schema, train } = data;
  const { pairs } = train.rows;
  const { ratio, pools, poolOfRow } = source;
  const F = numColumnsOf(schema);
  const N = schema.numeric.length;
  const stored = numStoredNumbers(schema);
  const { categorical: itemCategorical, numeric: itemNumeric } = itemColumns(schema);
  const numCategorical = itemCategorical.length;
  const numNumeric = itemNumeric.length;
  const drawn = drawNegatives(data, source, random);
  return {
    replaceItem: (row, k, batch, at) => {
      const p = poolOfRow[row]!;
      const pool = pools[p]!;
      const item = drawn[row * ratio + k]!;
      for (let i = 0; i < numCategorical; i++)
        batch.categorical[at * F + itemCategorical[i]!] =
          pool.categorical[item * numCategorical + i]!;
      for (let i = 0; i < numNumeric; i++)
        batch.numeric[at * N + itemNumeric[i]!] = pool.numeric[item * numNumeric + i]!;
      if (pairs !== undefined)
        pairs.write(train.at[row]!, pairs.itemOfPool[p]![item]!, batch.numeric, at * N + stored);
      batch.label[at] = 0;
    },
  };
}
