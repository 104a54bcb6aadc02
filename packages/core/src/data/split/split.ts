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
  /** [numRows], 0 or 1. */
  readonly label: Float32Array;
  /** Of each further task, [numRows], 0 or 1, or -1 where unknown. */
  readonly furtherLabels?: readonly Float32Array[];
  /** [numRows], the part that the data name, for split given. */
  readonly given?: Uint8Array | undefined;
  readonly seed: number;
  /** The stream of this client and seed. */
  readonly random: RandomStream;
}

/** The labels of every task, the first one first. */
export function labelsOf({ label, furtherLabels = [] }: SplittableRows): readonly Float32Array[] {
  return [label, ...furtherLabels];
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
  const counts = new Int32Array(3);
  for (const wanted of part) counts[wanted]! += 1;
  const rowsOf = (wanted: number) => {
    const rows = new Int32Array(counts[wanted]!);
    let at = 0;
    for (let row = 0; row < part.length; row++) if (part[row] === wanted) rows[at++] = row;
    return rows;
  };
  return { train: rowsOf(TRAIN), valid: rowsOf(VALID), test: rowsOf(TEST), notes };
}
