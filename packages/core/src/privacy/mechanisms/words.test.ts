import { expect, test } from "vitest";
import { seededBytes, words } from "./bytes.fixture.ts";
import { chiSquareRatio } from "./chi-square.fixture.ts";
import { uniformBelow, wordsOf } from "./words.ts";

test("words are the bytes in their order, four at a time, whatever the blocks are", () => {
  const bytes = seededBytes(1)(400_000);
  const expected = new DataView(bytes.buffer);
  for (const count of [1, 20, 100_000]) {
    const asked: number[] = [];
    const source = seededBytes(1);
    const next = wordsOf((size) => {
      asked.push(size);
      return source(size);
    }, count);
    for (let i = 0; i < count; i++) expect(next()).toBe(expected.getUint32(4 * i, true));
    expect(asked).toEqual(
      count === 100_000
        ? [65_536, 65_536, 65_536, 65_536, 65_536, 65_536, 65_536]
        : [count * 4 < 64 ? 64 : 80],
    );
  }
});

test("a source that gives too few bytes is refused", () =>
  expect(() => wordsOf(() => new Uint8Array(8))()).toThrow("asked for 65536 random bytes, got 8"));

test("numbers that would make some remainders likelier are drawn again", () => {
  expect(uniformBelow(3, words(2 ** 32 - 1, 7))).toBe(1);
  expect(uniformBelow(3, words(2 ** 32 - 2))).toBe((2 ** 32 - 2) % 3);
  expect(uniformBelow(2 ** 32, words(2 ** 32 - 1))).toBe(2 ** 32 - 1);
  expect(uniformBelow(1, words())).toBe(0);
  // Beyond 2^32: 21 bits of the first word, then the second; 2^53 = 2047 (2^42 + 2^31) + 2^31 ...
  const count = 2 ** 42 + 2 ** 31;
  const limit = Math.floor(2 ** 53 / count) * count;
  const [high, low] = [Math.floor(limit / 2 ** 32) * 2 ** 11, limit % 2 ** 32];
  expect(uniformBelow(count, words(high + 2047, low, 2048 + 5, 9))).toBe(2 ** 32 + 9);
  expect(uniformBelow(count, words(high, low - 1))).toBe(count - 1);
});

test("each number below 7 comes as often", () => {
  const next = wordsOf(seededBytes(2));
  const counts = Array.from({ length: 7 }, () => 0);
  for (let i = 0; i < 70_000; i++) counts[uniformBelow(7, next)]!++;
  expect(
    chiSquareRatio(
      counts,
      counts.map(() => 10_000),
    ),
  ).toBeLessThan(1);
});
