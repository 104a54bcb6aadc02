import type { RandomBits, RandomStream } from "./stream.ts";

const TWO_POW_32 = 4294967296;
const TWO_POW_MINUS_53 = 2 ** -53;

/** A double uniform on [0, 1), with 53 random bits. */
export function uniform(stream: RandomStream): number {
  const high = stream.next() >>> 5;
  const low = stream.next() >>> 6;
  return (high * 67108864 + low) * TWO_POW_MINUS_53;
}

/**
 * An integer uniform on [0, bound), for 1 <= bound <= 2^32: draws that would favour the small
 * remainders are thrown away, so there is no modulo bias.
 */
export function uniformBelow(stream: RandomBits, bound: number): number {
  if (bound === TWO_POW_32) return stream.next() >>> 0;
  // Unsigned on both sides, so that the remainder is one integer instruction.
  const faces = bound >>> 0;
  const surelyFair = TWO_POW_32 - faces;
  for (;;) {
    const draw = stream.next() >>> 0;
    if (draw < surelyFair || draw < TWO_POW_32 - (TWO_POW_32 % bound)) return draw % faces;
  }
}

/**
 * A standard normal draw: Box-Muller, using the cosine branch only, so that it keeps no state.
 *
 *   z = sqrt(-2 ln(1 - u)) cos(2 pi v)
 */
export function normal(stream: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(stream)));
  return radius * Math.cos(2 * Math.PI * uniform(stream));
}

/** Fisher-Yates: puts `items` in uniformly random order, in place. */
export function shuffle(stream: RandomStream, items: Int32Array | Uint32Array): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = uniformBelow(stream, i + 1);
    const held = items[i]!;
    items[i] = items[j]!;
    items[j] = held;
  }
}
