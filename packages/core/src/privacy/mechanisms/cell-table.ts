import { cellBounds } from "./cell-law.ts";
import type { NextWord } from "./words.ts";

/** Bits by which a cell is looked up. */
export const CELL_BITS = 31;
const GUIDE_BITS = 12;
export const GUIDE_SHIFT = CELL_BITS - GUIDE_BITS;

/** Looks up the cell of a uniform number of which the first 31 bits are known. */
export interface CellTable {
  /** By the first 12 bits: the cell, or ~cell where it may be that one or a later one. */
  readonly guide: Int16Array;
  /** floor(2^31 G(j + 1)), down to the first that is 0; see `cellBounds`. */
  readonly thresholds: Int32Array;
}

export function createCellTable(): CellTable {
  const { low, high } = cellBounds(CELL_BITS);
  const end = high.indexOf(0n);
  const thresholds = Int32Array.from(low.slice(1, end + 1), Number);
  if (high.slice(1, end + 1).some((value, j) => Number(value) !== thresholds[j]))
    throw new RangeError("createCellTable: the bounds are too wide");
  const guide = new Int16Array(2 ** GUIDE_BITS);
  for (let i = 0, cell = thresholds.length - 1; i < guide.length; i++) {
    const first = i * 2 ** GUIDE_SHIFT;
    const last = first + 2 ** GUIDE_SHIFT - 1;
    while (cell > 0 && last >= thresholds[cell - 1]!) cell--;
    guide[i] = first > thresholds[cell]! ? cell : ~cell;
  }
  return { guide, thresholds };
}

/** The cell where the guide leaves it open: the first 31 bits may have to be followed by more. */
export function searchCell(table: CellTable, bits31: number, next: NextWord): number {
  const { guide, thresholds } = table;
  let cell = ~guide[bits31 >>> GUIDE_SHIFT]!;
  while (bits31 < thresholds[cell]!) cell++;
  return bits31 === thresholds[cell]! ? refineCell(bits31, next) : cell;
}

/** The cell of a uniform number that begins with these 31 bits, by as many more as it takes. */
export function refineCell(bits31: number, next: NextWord): number {
  let drawn = BigInt(bits31);
  for (let bits = CELL_BITS + 32; ; bits += 32) {
    drawn = (drawn << 32n) | BigInt(next());
    const { low, high } = cellBounds(bits);
    let cell = 0;
    while (cell + 1 < low.length && drawn < low[cell + 1]!) cell++;
    if (drawn > (high[cell + 1] ?? 0n)) return cell;
  }
}
