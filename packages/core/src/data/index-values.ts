import type { TextColumn } from "./roles.ts";
import type { RawColumn } from "./table.ts";

/** Values of some rows as indices 0..count-1, in order of first appearance. */
export interface Indexed {
  /** [rows.length] */
  readonly index: Int32Array;
  readonly count: number;
  /** [values.length] of the column: the index of a dictionary code, -1 where no row has it. */
  readonly indexOfCode: Int32Array;
}

/** Indexes a column at `rows`, in that order; without a column there is one value, 0, for all. */
export function indexValues(column: TextColumn | undefined, rows: Int32Array): Indexed {
  const index = new Int32Array(rows.length);
  if (column === undefined) return { index, count: 1, indexOfCode: new Int32Array(0) };
  const indexOfCode = new Int32Array(column.values.length).fill(-1);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i]!]!;
    if (indexOfCode[code] === -1) indexOfCode[code] = count++;
    index[i] = indexOfCode[code]!;
  }
  return { index, count, indexOfCode };
}

/** The column's entries at `rows`, in that order. */
export function takeRows(column: RawColumn, rows: Int32Array): RawColumn {
  return column.kind === "text"
    ? {
        kind: "text",
        codes: Int32Array.from(rows, (row) => column.codes[row]!),
        values: column.values,
      }
    : { kind: "number", values: Float64Array.from(rows, (row) => column.values[row]!) };
}
