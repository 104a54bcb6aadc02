const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
/** Where a 32-bit word is cut into digits; the last one has ten bits. */
const SHIFTS = [0, 11, 22] as const;

/** Rows in some order, with both halves of their scores' bits beside them: read in turn, not all over the memory. */
interface Keyed {
  readonly row: Uint32Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/**
 * Row numbers by ascending score, equal scores in row order: a radix sort over the 64 bits of each
 * double, linear in the number of rows. Digits on which all scores agree are skipped, among them the
 * low ones of scores that were computed in single precision. Scores must not be NaN.
 */
export function ascending(scores: Float64Array | Float32Array): Uint32Array {
  let from = keyed(scores);
  let to = emptyOf(scores.length);
  for (const word of ["low", "high"] as const)
    for (const shift of SHIFTS)
      if (scatter(from, to, { word: from[word], shift })) [from, to] = [to, from];
  return from.row;
}

function emptyOf(length: number): Keyed {
  const words = () => new Uint32Array(length);
  return { row: words(), high: words(), low: words() };
}

/** Writes the rows of `from` to `to`, stably, by one digit of a word of theirs; false where that would change nothing. */
function scatter(
  from: Keyed,
  to: Keyed,
  { word, shift }: { readonly word: Uint32Array; readonly shift: number },
): boolean {
  const { length } = word;
  const next = new Uint32Array(BUCKETS);
  for (let i = 0; i < length; i++) next[(word[i]! >>> shift) & (BUCKETS - 1)]! += 1;
  if (next.includes(length)) return false;
  let start = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = next[bucket]!;
    next[bucket] = start;
    start += count;
  }
  const { row, high, low } = from;
  const { row: toRow, high: toHigh, low: toLow } = to;
  for (let i = 0; i < length; i++) {
    const place = next[(word[i]! >>> shift) & (BUCKETS - 1)]!++;
    toRow[place] = row[i]!;
    toHigh[place] = high[i]!;
    toLow[place] = low[i]!;
  }
  return true;
}

/**
 * All rows in order. The bits of each double are mapped so that unsigned order is numeric order: positive
 * numbers get the sign bit set, negative ones every bit flipped, and -0 counts as 0.
 */
function keyed(scores: Float64Array | Float32Array): Keyed {
  const all = emptyOf(scores.length);
  const { row, high, low } = all;
  const view = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < scores.length; i++) {
    view.setFloat64(0, scores[i]! + 0);
    const top = view.getUint32(0);
    const flip = top >>> 31 === 1 ? 0xffffffff : 0;
    row[i] = i;
    high[i] = (top ^ flip) | (flip === 0 ? 0x80000000 : 0);
    low[i] = view.getUint32(4) ^ flip;
  }
  return all;
}
