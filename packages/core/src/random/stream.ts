import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** A mutable source of uniform 32-bit integers; every draw advances it. */
export type RandomStream = RandomGenerator;

/** What draws need of a stream. */
export type RandomBits = Pick<RandomStream, "next">;

/**
 * The stream that belongs to a path such as `(seed, round, client, purpose)`.
 *
 * The 128-bit state is the head of SHA-256 over the path, written as JSON, so that two paths share a
 * stream only if they are equal: `("a", "bc")` and `("ab", "c")` differ, and so do `1` and `"1"`.
 * Nobody hands streams around, so the order in which clients run cannot change a draw.
 */
export function streamOf(seed: number, ...path: readonly (string | number)[]): RandomStream {
  const digest = sha256(utf8ToBytes(JSON.stringify([seed, ...path])));
  const view = new DataView(digest.buffer, digest.byteOffset);
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => view.getInt32(offset)));
}
