/** The first word of a cell that holds nothing; no text has such a length. */
export const MISSING = -1;

/** Codes of the cells of a column: each distinct text has its own, in order of first appearance. */
export interface Interner {
  /**
   * Writes the code of each of `numRows` cells to `codes`, -1 for a missing one, and returns the rows in which a
   * text appeared for the first time. A cell is four words of 32 bits that tell it from every other text.
   */
  readonly encode: (cells: Int32Array, codes: Int32Array, numRows: number) => Int32Array;
}

/** Words of a slot: the cell's four, then its code plus one; zero marks a free slot. */
const WORDS = 5;
const FIRST_BITS = 10;
/** The table doubles when more than this share of it is taken. */
const FILLED = 0.6;

/** An open-addressing hash table without an object per text: 20 bytes a slot. */
export function createInterner(): Interner {
  let bits = FIRST_BITS;
  let table = new Int32Array(WORDS << bits);
  let size = 0;

  const grow = () => {
    const old = table;
    bits += 1;
    table = new Int32Array(WORDS * 2 ** bits);
    const mask = 2 ** bits - 1;
    for (let from = 0; from < old.length; from += WORDS) {
      if (old[from + 4] === 0) continue;
      let slot = hash(old[from]!, old[from + 1]!, old[from + 2]!, old[from + 3]!) & mask;
      while (table[slot * WORDS + 4] !== 0) slot = (slot + 1) & mask;
      for (let word = 0; word < WORDS; word++) table[slot * WORDS + word] = old[from + word]!;
    }
  };

  return {
    encode: (cells, codes, numRows) => {
      const fresh: number[] = [];
      let mask = 2 ** bits - 1;
      let most = FILLED * 2 ** bits;
      let slots = table;
      for (let row = 0, cell = 0; row < numRows; row++, cell += 4) {
        const a = cells[cell]!;
        if (a === MISSING) {
          codes[row] = -1;
          continue;
        }
        const b = cells[cell + 1]!;
        const c = cells[cell + 2]!;
        const d = cells[cell + 3]!;
        let slot = hash(a, b, c, d) & mask;
        let at = slot * WORDS;
        let code = slots[at + 4]!;
        while (
          code !== 0 &&
          (slots[at + 1] !== b || slots[at + 2] !== c || slots[at + 3] !== d || slots[at] !== a)
        ) {
          slot = (slot + 1) & mask;
          at = slot * WORDS;
          code = slots[at + 4]!;
        }
        if (code === 0) {
          code = ++size;
          slots[at] = a;
          slots[at + 1] = b;
          slots[at + 2] = c;
          slots[at + 3] = d;
          slots[at + 4] = code;
          fresh.push(row);
          if (size > most) {
            grow();
            slots = table;
            mask = 2 ** bits - 1;
            most = FILLED * 2 ** bits;
          }
        }
        codes[row] = code - 1;
      }
      return Int32Array.from(fresh);
    },
  };
}

/** Mixes four words to one, by the multiply-and-shift steps of MurmurHash3's finaliser. */
function hash(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a ^ b, 0x9e3779b1) ^ c;
  h = Math.imul(h ^ (h >>> 15) ^ d, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ b;
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f);
  return h ^ (h >>> 15);
}
