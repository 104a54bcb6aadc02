import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sortedIds } from "./index.ts";

test("whole numbers by value, then all others by code units; each once", () => {
  const ids = ["b", "10", "9", "B0001", "9", "007", "-3", "0", "1.5", "ä", "99999999999999999"];
  expect(sortedIds(ids)).toEqual([
    "-3",
    "0",
    "9",
    "10",
    "007",
    "1.5",
    "99999999999999999",
    "B0001",
    "b",
    "ä",
  ]);
});

test("the order follows from the ids alone", () => {
  const ids = fc.array(fc.oneof(fc.nat().map(String), fc.string()));
  fc.assert(
    fc.property(ids, (some) => {
      expect(sortedIds(some.toReversed())).toEqual(sortedIds(some));
      expect(new Set(sortedIds(some))).toEqual(new Set(some));
    }),
  );
});
