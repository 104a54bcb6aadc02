import type { RandomBytes } from "./random-bytes.ts";

const WORD = 2 ** 32;
/** Bytes that are asked for at once, at most. */
const BLOCK_BYTES = 65_536;
const LEAST_BYTES = 64;

/** The next 32 random bits, as a number of [0, 2^32). */
export type NextWord = () => number;

/** Random words from bytes, asked for in blocks: none is used twice. `expected` sizes the first block. */
export function wordsOf(randomBytes: RandomBytes, expected = BLOCK_BYTES / 4): NextWord {
  const size = Math.min(BLOCK_BYTES, Math.max(LEAST_BYTES, 4 * expected));
  const words = new Uint32Array(size / 4);
  const bytes = new Uint8Array(words.buffer);
  let at = words.length;
  return () => {
    if (at === words.length) {
      const drawn = randomBytes(size);
      if (drawn.length !== size)
        throw new RangeError(`asked for ${size} random bytes, got ${drawn.length}`);
      bytes.set(drawn);
      at = 0;
    }
    return words[at++]!;
  };
}

/** Uniform on 0 .. count - 1, by rejection; count at most 2^53. */
export function uniformBelow(count: number, next: NextWord): number {
  if (count === 1) return 0;
  const wide = count > WORD;
  const range = wide ? 2 ** 53 : WORD;
  const limit = range - (range % count);
  for (;;) {
    const drawn = wide ? (next() >>> 11) * WORD + next() : next();
    if (drawn < limit) return drawn % count;
  }
}
