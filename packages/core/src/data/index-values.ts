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

/** [count]: the dictionary code of each index. */
export function codesOf({ count, indexOfCode }: Indexed): Int32Array {
  const codes = new Int32Array(count);
  indexOfCode.forEach((index, code) => {
    if (index >= 0) codes[index] = code;
  });
  return codes;
}

/**
 * The column's entries at `rows`, in that order; the column itself where that is all of it as it stands.
 * Plain loops: `from` with a function takes ten times as long.
 */
export function takeRows(column: RawColumn, rows: Int32Array): RawColumn {
  const source = column.kind === "text" ? column.codes : column.values;
  if (isEveryRow(rows, source.length)) return column;
  if (column.kind === "text") {
    const codes = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i]!]!;
    return { kind: "text", codes, values: column.values };
  }
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]!]!;
  return { kind: "number", values };
}

function isEveryRow(rows: Int32Array, numRows: number): boolean {
  if (rows.length !== numRows) return false;
  for (let i = 0; i < numRows; i++) if (rows[i] !== i) return false;
  return true;
}

/** Numbers at `rows`, in that order. */
export function takeNumbers(values: Float32Array, rows: Int32Array): Float32Array {
  const taken = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]!]!;
  return taken;
}
