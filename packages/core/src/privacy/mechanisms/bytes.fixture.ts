import type { RandomBytes } from "./random-bytes.ts";

/** Bytes of a seed stand for bytes that nobody can foretell: the generator sfc32, which is quick. */
export function seededBytes(seed: number): RandomBytes {
  let [a, b, c, counter] = [0, 0, seed | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum;
  };
  for (let i = 0; i < 16; i++) next();
  return (count) => {
    const words = new Int32Array(Math.ceil(count / 4));
    for (let i = 0; i < words.length; i++) words[i] = next();
    return new Uint8Array(words.buffer, 0, count);
  };
}

/** These words, then an error. */
export function words(...given: readonly number[]): () => number {
  let at = 0;
  return () => {
    if (at === given.length) throw new RangeError(`more than ${at} words were drawn`);
    return given[at++]!;
  };
}
