const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
/** Where a 32-bit word is cut into digits; the last one has ten bits. */
const SHIFTS = [0, 11, 22] as const;

/**
 * Row numbers by ascending score, equal scores in row order: a radix sort over the 64 bits of each
 * double, linear in the number of rows. Digits on which all scores agree are skipped, among them the
 * low ones of scores that were computed in single precision. Scores must not be NaN.
 */
export function ascending(scores: Float64Array | Float32Array): Uint32Array {
  const length = scores.length;
  const { high, low } = sortableBits(scores);
  let from = new Uint32Array(length);
  let to = new Uint32Array(length);
  for (let i = 0; i < length; i++) from[i] = i;
  for (const word of [low, high])
    for (const shift of SHIFTS) if (scatter(word, shift, from, to)) [from, to] = [to, from];
  return from;
}

/** Writes the rows of `from` to `to`, stably, by one digit; false where that would change nothing. */
function scatter(word: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array): boolean {
  const length = word.length;
  const next = new Uint32Array(BUCKETS);
  for (let i = 0; i < length; i++) next[(word[i]! >>> shift) & (BUCKETS - 1)]! += 1;
  if (next.includes(length)) return false;
  let start = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = next[bucket]!;
    next[bucket] = start;
    start += count;
  }
  for (let i = 0; i < length; i++) {
    const row = from[i]!;
    to[next[(word[row]! >>> shift) & (BUCKETS - 1)]!++] = row;
  }
  return true;
}

/**
 * Both halves of each double's bits, mapped so that unsigned order is numeric order: positive numbers
 * get the sign bit set, negative ones every bit flipped, and -0 counts as 0.
 */
function sortableBits(scores: Float64Array | Float32Array): {
  high: Uint32Array;
  low: Uint32Array;
} {
  const length = scores.length;
  const high = new Uint32Array(length);
  const low = new Uint32Array(length);
  const view = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < length; i++) {
    view.setFloat64(0, scores[i]! + 0);
    const top = view.getUint32(0);
    const flip = top >>> 31 === 1 ? 0xffffffff : 0;
    high[i] = (top ^ flip) | (flip === 0 ? 0x80000000 : 0);
    low[i] = view.getUint32(4) ^ flip;
  }
  return { high, low };
}
