import { CELL_RATE, CELLS } from "./cell-law.ts";
import { createCellTable, GUIDE_SHIFT, searchCell, type CellTable } from "./cell-table.ts";
import { less, type Deviate } from "./deviate.ts";
import type { RandomBytes } from "./random-bytes.ts";
import { uniformBelow, wordsOf, type NextWord } from "./words.ts";

const WORD = 2 ** 32;
/** The first 9 bits of a word are uniform on 0 .. CELL_RATE - 1. */
const RATE_SHIFT = 23;
/** Words that a draw takes on average, and a little more. */
const WORDS_PER_DRAW = 3.5;
const MAX_BITS = 32;

let table: CellTable | undefined;

/**
 * Adds to every entry an independent draw of round(2^bits N(0, 1)), distributed exactly so: the continuous
 * normal distribution, rounded to integers. `bits` is 0 to 32.
 *
 * |N| is drawn as (j + x) / 16: a cell j with the density at its left end, x uniform, which is taken with
 * probability exp(-x (2j + x) / 512), the ratio of the densities at both places. Every decision compares digits
 * of uniform numbers with each other or with integers, and draws more of them where they are equal, as in Karney
 * 2016 (arXiv 1303.6257), whose algorithm N this is but for the cells' width, 1 there.
 */
export function addNormal(integers: Float64Array, bits: number, randomBytes: RandomBytes): void {
  if (!Number.isInteger(bits) || bits < 0 || bits > MAX_BITS)
    throw new RangeError(`addNormal: ${bits} bits are not 0 to ${MAX_BITS}`);
  table ??= createCellTable();
  const { guide } = table;
  const next = wordsOf(randomBytes, Math.ceil(WORDS_PER_DRAW * integers.length));
  const scale = 2 ** bits / (CELLS * WORD);
  for (let i = 0; i < integers.length; i++) {
    for (;;) {
      const first = next();
      let cell = guide[first >>> (GUIDE_SHIFT + 1)]!;
      if (cell < 0) cell = searchCell(table, first >>> 1, next);
      const x = next();
      const choice = next() >>> RATE_SHIFT;
      if (choice > 2 * cell || accept({ cell, x, choice }, next)) {
        // The digits of x that were not drawn do not reach the bit that decides the rounding.
        const size = Math.floor((cell * WORD + x) * scale + 0.5);
        integers[i]! += (first & 1) === 0 ? size : -size;
        break;
      }
    }
  }
}

export interface Proposal {
  readonly cell: number;
  /** First digit of x. */
  readonly x: number;
  /** Uniform on 0 .. CELL_RATE - 1. */
  readonly choice: number;
}

/**
 * True with probability exp(-x (2j + x) / 512), for any cell j (Karney 2016, algorithm B): whether the longest
 * run x > z1 > z2 > ..., each with a success of probability (2j + x) / 512 beside it, is even. Where that is no
 * probability, j > 255, c runs have to be even, of probability (2j + x) / (512 c) each.
 */
export function accept({ cell, x, choice }: Proposal, next: NextWord): boolean {
  const digits: Deviate = [x];
  const runs = Math.ceil((2 * cell + 1) / CELL_RATE);
  const sides = runs * CELL_RATE;
  for (let run = 0; run < runs; run++) {
    let side = runs === 1 ? choice : uniformBelow(sides, next);
    let least = digits;
    let even = true;
    while (side < 2 * cell || (side === 2 * cell && less([], digits, next))) {
      const z: Deviate = [];
      if (!less(z, least, next)) break;
      least = z;
      even = !even;
      side = uniformBelow(sides, next);
    }
    if (!even) return false;
  }
  return true;
}
