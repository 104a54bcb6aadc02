import type { RawColumn } from "../table.ts";

/** A column as 32-bit words, `stride` per row: rows are equal exactly where their words are. */
interface Words {
  readonly words: Int32Array;
  readonly stride: number;
}

/** An index as a column of words. */
export function wordsOfIndex(index: Int32Array): Words {
  return { words: index, stride: 1 };
}

/** Dictionary codes, or the bits of the doubles. */
export function wordsOf(column: RawColumn): Words {
  if (column.kind === "text") return wordsOfIndex(column.codes);
  const { buffer, byteOffset, length } = column.values;
  return { words: new Int32Array(buffer, byteOffset, 2 * length), stride: 2 };
}

/**
 * How many of the rows `some` are equal to one of the rows `among` in all columns. Exact: rows are found
 * by a hash and then compared word by word.
 */
export function countAlsoAmong(
  columns: readonly Words[],
  some: Int32Array,
  among: Int32Array,
): number {
  let size = 16;
  while (size < 2 * among.length) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  /** The slot of a row equal to this one, or the empty one where it would stand. */
  const slotOf = (row: number) => {
    let slot = hash(columns, row) & (size - 1);
    while (slots[slot]! >= 0 && !equal(columns, slots[slot]!, row)) slot = (slot + 1) & (size - 1);
    return slot;
  };
  for (const row of among) {
    const slot = slotOf(row);
    if (slots[slot]! < 0) slots[slot] = row;
  }
  let found = 0;
  for (const row of some) if (slots[slotOf(row)]! >= 0) found += 1;
  return found;
}

function equal(columns: readonly Words[], a: number, b: number): boolean {
  for (const { words, stride } of columns)
    for (let w = 0; w < stride; w++)
      if (words[a * stride + w] !== words[b * stride + w]) return false;
  return true;
}

/** Words mixed one by one, as MurmurHash3 does (Appleby, public domain). */
function hash(columns: readonly Words[], row: number): number {
  let h = 0;
  for (const { words, stride } of columns)
    for (let w = 0; w < stride; w++) {
      let k = Math.imul(words[row * stride + w]!, 0xcc9e2d51);
      k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
      h ^= k;
      h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
    }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
