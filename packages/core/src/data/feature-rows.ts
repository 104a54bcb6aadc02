import type { Examples } from "./examples.ts";
import { columnsOf, lengthOf, type FeatureSchema } from "./schema.ts";

/**
 * The table row of every example in one feature of length 1, [numRows]: for what looks at a feature
 * without a model, such as counts of items.
 */
export function rowsOfFeature(
  { numRows, rows, at, itemAt }: Examples,
  schema: FeatureSchema,
  feature: string,
): Int32Array {
  const index = schema.categorical.findIndex(({ name }) => name === feature);
  const found = schema.categorical[index];
  if (found === undefined || lengthOf(found) !== 1)
    throw new RangeError(`no categorical feature "${feature}" of length 1`);
  const column = columnsOf(schema)[index]!;
  const stored = rows.width ?? (rows.numRows === 0 ? 0 : rows.categorical.length / rows.numRows);
  const source = found.of === "item" ? (itemAt ?? at) : at;
  const out = new Int32Array(numRows);
  const { seek = (row: number) => row } = rows;
  for (let i = 0; i < numRows; i++) out[i] = rows.categorical[seek(source[i]!) * stored + column]!;
  return out;
}
