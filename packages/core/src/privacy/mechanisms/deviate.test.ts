import { expect, test } from "vitest";
import { words } from "./bytes.fixture.ts";
import { less, type Deviate } from "./deviate.ts";

test("numbers that begin alike are drawn on until they differ, and keep their digits", () => {
  const [a, b]: [Deviate, Deviate] = [[5], [5]];
  expect(less(a, b, words(7, 7, 1, 2))).toBe(true);
  expect([a, b]).toEqual([
    [5, 7, 1],
    [5, 7, 2],
  ]);
  expect(less(b, a, words())).toBe(false);
  expect(less([], a, words(4))).toBe(true);
  expect(less(a, [], words(4))).toBe(false);
});
