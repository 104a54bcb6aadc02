import type { RawColumn } from "./table.ts";

/** Rows of a column as indices 0..count-1 in order of first appearance among `rows`; -1 is missing. */
export interface Indexed {
  /** [rows.length] */
  readonly index: Int32Array;
  readonly count: number;
}

export function indexValues(column: RawColumn | undefined, rows: Int32Array): Indexed {
  if (column === undefined) return { index: new Int32Array(rows.length), count: 1 };
  if (column.kind !== "text") throw new TypeError("ids are read as text");
  const indexOfCode = new Int32Array(column.values.length).fill(-1);
  const index = new Int32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i]!]!;
    if (code >= 0 && indexOfCode[code] === -1) indexOfCode[code] = count++;
    index[i] = code < 0 ? -1 : indexOfCode[code]!;
  }
  return { index, count };
}

/** The column's entries at `rows`, in that order. */
export function takeRows(column: RawColumn, rows: Int32Array): RawColumn {
  return column.kind === "text"
    ? { kind: "text", codes: Int32Array.from(rows, (row) => column.codes[row]!), values: column.values }
    : { kind: "number", values: Float64Array.from(rows, (row) => column.values[row]!) };
}
