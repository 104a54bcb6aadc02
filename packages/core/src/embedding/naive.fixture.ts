import type { FeatureSchema } from "../data/schema.ts";
import { createArena } from "../kernels/index.ts";
import { streamOf } from "../random/index.ts";
import { createLookup, distinguish, lookUp } from "./lookup.ts";
import { sumByRow, type RowGradients } from "./row-gradients.ts";
import { createTable, type EmbeddingTable } from "./table.ts";

/** Three features, of which the tables here use the last two, in reverse order. */
export const schema: FeatureSchema = {
  categorical: [
    { name: "user", of: "user", numRows: 9 },
    { name: "item", of: "item", numRows: 6 },
    { name: "hour", of: "context", numRows: 4 },
  ],
  numeric: [],
};

/** A table [10, 3] of `item` and `hour`: entry i is cos(2 row + 0.6 k + f), padding zero. */
export function smallTable(features: readonly string[] = ["item", "hour"]): EmbeddingTable {
  let f = 0;
  return createTable(
    {
      name: "deep",
      features,
      width: 3,
      init: (target) => {
        for (let i = 0; i < target.length; i++)
          target[i] = Math.cos(2 * Math.floor(i / 3) + 0.6 * (i % 3) + f);
        f++;
      },
    },
    schema,
    streamOf(1),
    createArena(),
  );
}

/** A copy of numbers in the memory of the table, where kernels can reach them. */
export function inArena(table: EmbeddingTable, numbers: ArrayLike<number>): Float32Array {
  const array = table.arena.float32(numbers.length);
  array.set(numbers);
  return array;
}

/** The gradient of one batch by table row. `categorical` is [examples, 3], `gradient` [examples, features, 3]. */
export function rowGradients(
  table: EmbeddingTable,
  categorical: ArrayLike<number>,
  gradient: ArrayLike<number>,
): RowGradients {
  const numExamples = categorical.length / table.numColumns;
  const lookup = createLookup(table, numExamples * table.features.length);
  const values = table.arena.int32(categorical.length);
  values.set(categorical);
  lookUp(lookup, values, numExamples);
  distinguish(lookup);
  const sums = table.arena.float32(lookup.numDistinct * table.width);
  return sumByRow(lookup, inArena(table, gradient), sums);
}

/**
 * The gradient by table row, the plain way: one entry of a map per row, in doubles. For tests alone.
 */
export function naiveRowGradients(
  table: EmbeddingTable,
  categorical: ArrayLike<number>,
  gradient: ArrayLike<number>,
  numRows: number,
): Map<number, number[]> {
  const sums = new Map<number, number[]>();
  for (let b = 0; b < numRows; b++)
    table.features.forEach(({ column, offset }, f) => {
      const local = categorical[b * table.numColumns + column]!;
      if (local === 0) return;
      const row = sums.get(offset + local) ?? Array.from({ length: table.width }, () => 0);
      for (let k = 0; k < table.width; k++)
        row[k]! += gradient[(b * table.features.length + f) * table.width + k]!;
      sums.set(offset + local, row);
    });
  return sums;
}
