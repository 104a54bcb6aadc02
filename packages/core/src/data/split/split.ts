import type { RandomStream } from "../../random/index.ts";

/** What a split may look at: rows in time order where time is known, in file order where not. */
export interface SplittableRows {
  readonly client: string;
  readonly numRows: number;
  /** [numRows] */
  readonly user: Int32Array;
  readonly numUsers: number;
  /** [numRows], ascending; absent without a time column. */
  readonly time: Float64Array | undefined;
  readonly random: RandomStream;
}

/** Row numbers of each part, ascending. */
export interface Parts {
  readonly train: Int32Array;
  readonly valid: Int32Array;
  readonly test: Int32Array;
  /** What a reader of the results must know, with counts. */
  readonly notes: readonly string[];
}

export const TRAIN = 0;
export const VALID = 1;
export const TEST = 2;

/** Collects row numbers by the part each row was given. */
export function partsOf(part: Uint8Array, notes: readonly string[]): Parts {
  const rowsOf = (wanted: number) => {
    const rows: number[] = [];
    for (let row = 0; row < part.length; row++) if (part[row] === wanted) rows.push(row);
    return Int32Array.from(rows);
  };
  return { train: rowsOf(TRAIN), valid: rowsOf(VALID), test: rowsOf(TEST), notes };
}
