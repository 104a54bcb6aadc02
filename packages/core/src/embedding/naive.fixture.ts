import type { FeatureSchema } from "../data/schema.ts";
import { streamOf } from "../random/index.ts";
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
  );
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
