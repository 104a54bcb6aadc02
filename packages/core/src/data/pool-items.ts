import type { TrainingData } from "./examples.ts";
import { columnsOf, FIRST_VALUE_ROW, itemColumns } from "./schema.ts";

/** What users may be offered: one client's items and users. */
export interface PoolItems {
  /** Table rows of its items, ascending, those out of vocabulary left out. */
  readonly rows: Int32Array;
  readonly numUsers: number;
}

/** The items of every client of a party, in the order of its pools. */
export function poolItems({ schema, negatives }: TrainingData): readonly PoolItems[] {
  const columns = itemColumns(schema).categorical;
  const index = schema.categorical.findIndex(({ name }) => name === "item");
  const at = columns.indexOf(columnsOf(schema)[index]!);
  return (negatives?.pools ?? []).map(({ numItems, categorical, excludedOffsets }) => ({
    rows: ascending(
      Array.from({ length: numItems }, (_, i) => categorical[i * columns.length + at]!),
    ),
    numUsers: excludedOffsets.length - 1,
  }));
}

/** Distinct table rows of values, ascending. */
export function ascending(rows: Iterable<number>): Int32Array {
  return Int32Array.from(new Set(rows))
    .filter((row) => row >= FIRST_VALUE_ROW)
    .sort();
}
