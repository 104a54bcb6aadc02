import { expect, test } from "vitest";
import { itemCollector } from "./picked-items.ts";

test("lays items out by place, whatever order they come in", () => {
  const { put, collected } = itemCollector(4, 3);
  put(3, [9]);
  put(1, [7, 5, 6]);
  const { offsets, items } = collected();
  expect([Array.from(offsets), Array.from(items)]).toEqual([
    [0, 0, 3, 3, 4],
    [7, 5, 6, 9],
  ]);
});

test("more than there is room for is refused", () => {
  expect(() => itemCollector(2, 1).put(0, [1, 2])).toThrow(RangeError);
});
