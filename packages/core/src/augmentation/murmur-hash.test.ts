import { expect, test } from "vitest";
import reference from "./__fixtures__/feature-hashing.json" with { type: "json" };
import { murmurHash } from "./murmur-hash.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Published with smhasher and its ports. */
const PUBLISHED: readonly (readonly [text: string, seed: number, hash: number])[] = [
  ["", 0, 0],
  ["", 1, 0x514e28b7],
  ["", 0xffffffff, 0x81f16f39],
  ["aaaa", 0x9747b28c, 0x5a97808a],
  ["aaa", 0x9747b28c, 0x283e0130],
  ["aa", 0x9747b28c, 0x5d211726],
  ["a", 0x9747b28c, 0x7fa09ea6],
  ["Hello, world!", 0x9747b28c, 0x24884cba],
  ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
];

test.each(PUBLISHED)("of %j with the seed %i", (text, seed, hash) => {
  expect(murmurHash(bytes(text), seed) >>> 0).toBe(hash);
});

test("is that of scikit-learn, of every length of the last block", () => {
  for (const { text, seed, hash } of reference.hashes)
    expect(murmurHash(bytes(text), seed)).toBe(hash);
});
