import type { SplitClient } from "./prepare-types.ts";

/** Maps a raw number to what models see. */
export type Scaler = (value: number) => number;

/** The numbers of a numeric feature, by row. */
export function numbersOf(split: SplitClient, feature: string): Float64Array {
  const column = split.numeric.find(({ name }) => name === feature)?.column;
  if (column?.kind !== "number")
    throw new TypeError(`client ${split.client} has no numbers for the feature ${feature}`);
  return column.values;
}

/**
 * z = (x - mean) / sd over the training rows of all given clients, missing values left out; sd divides
 * by the number of values. A missing value becomes 0, the mean, and so does every value of a column that
 * is constant or empty in training.
 */
export function scalerOf(splits: readonly SplitClient[], feature: string): Scaler {
  const columns = splits.map((split) => ({ rows: split.train, values: numbersOf(split, feature) }));
  let count = 0;
  let sum = 0;
  let least = Infinity;
  let most = -Infinity;
  for (const { rows, values } of columns)
    for (const row of rows) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      count += 1;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  // Compared, not computed: the rounded mean of equal values can differ from them by a last digit, and a
  // division by that difference would blow it up.
  if (!(least < most)) return () => 0;
  const mean = sum / count;
  let squares = 0;
  for (const { rows, values } of columns)
    for (const row of rows) {
      const value = values[row]!;
      if (!Number.isNaN(value)) squares += (value - mean) ** 2;
    }
  const sd = Math.sqrt(squares / count);
  return (value) => (Number.isNaN(value) ? 0 : (value - mean) / sd);
}
