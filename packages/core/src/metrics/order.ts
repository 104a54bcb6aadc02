const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const PASSES = 6;

/**
 * Row numbers by ascending score, equal scores in row order: a radix sort over the 64 bits of each
 * double, 11 at a time, linear in the number of rows. Digits on which all scores agree are skipped, as
 * are the 29 low bits of scores that were computed in single precision. Scores must not be NaN.
 */
export function ascending(scores: ArrayLike<number>): Uint32Array {
  const length = scores.length;
  const { high, low } = sortableBits(scores);
  const counts = new Uint32Array(PASSES * BUCKETS);
  for (let i = 0; i < length; i++)
    for (let pass = 0; pass < PASSES; pass++)
      counts[pass * BUCKETS + digit(high[i]!, low[i]!, pass)]! += 1;
  let from = new Uint32Array(length);
  let to = new Uint32Array(length);
  for (let i = 0; i < length; i++) from[i] = i;
  for (let pass = 0; pass < PASSES; pass++) {
    const next = counts.subarray(pass * BUCKETS, (pass + 1) * BUCKETS);
    if (next.includes(length)) continue;
    for (let bucket = 0, start = 0; bucket < BUCKETS; bucket++) {
      const count = next[bucket]!;
      next[bucket] = start;
      start += count;
    }
    for (let i = 0; i < length; i++) {
      const row = from[i]!;
      to[next[digit(high[row]!, low[row]!, pass)]!++] = row;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Eleven bits of a 64-bit key, `pass` 0 the lowest; the third digit lies across both halves. */
function digit(high: number, low: number, pass: number): number {
  const shift = pass * DIGIT_BITS;
  if (shift >= 32) return (high >>> (shift - 32)) & (BUCKETS - 1);
  if (shift + DIGIT_BITS <= 32) return (low >>> shift) & (BUCKETS - 1);
  return ((low >>> shift) | (high << (32 - shift))) & (BUCKETS - 1);
}

/**
 * Both halves of each double's bits, mapped so that unsigned order is numeric order: positive numbers
 * get the sign bit set, negative ones every bit flipped, and -0 counts as 0.
 */
function sortableBits(scores: ArrayLike<number>): { high: Uint32Array; low: Uint32Array } {
  const length = scores.length;
  const doubles = new Float64Array(length);
  for (let i = 0; i < length; i++) doubles[i] = scores[i]! + 0;
  const words = new Uint32Array(doubles.buffer);
  const highWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;
  const high = new Uint32Array(length);
  const low = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const top = words[2 * i + highWord]!;
    const bottom = words[2 * i + 1 - highWord]!;
    const negative = top >>> 31 === 1;
    high[i] = negative ? ~top : top | 0x80000000;
    low[i] = negative ? ~bottom : bottom;
  }
  return { high, low };
}
