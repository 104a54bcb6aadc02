import type { SplitClient } from "./prepare-types.ts";

/** Maps a raw number to what models see. */
export type Scaler = (value: number) => number;

/**
 * z = (x - mean) / sd over the training rows of all given clients, missing values left out; a missing
 * value becomes 0, the mean, and so does every value of a column that is constant or empty.
 */
export function scalerOf(splits: readonly SplitClient[], column: number): Scaler {
  const values = splits.flatMap((split) => {
    const raw = split.numeric[column]!.column;
    if (raw.kind !== "number") throw new TypeError("numeric columns hold numbers");
    return Array.from(split.train, (row) => raw.values[row]!).filter(Number.isFinite);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const sd = Math.sqrt(variance);
  if (!(sd > 0)) return () => 0;
  return (value) => (Number.isFinite(value) ? (value - mean) / sd : 0);
}
