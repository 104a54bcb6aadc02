import { expect, test } from "vitest";
import { dropDuplicates } from "./duplicates.ts";

// In time order: (0,5) (1,5) (0,5) (0,6) (1,5) (0,5); row numbers differ from positions on purpose.
const paired = {
  rows: Int32Array.of(3, 0, 5, 1, 4, 2),
  user: Int32Array.of(1, 0, 0, 0, 1, 0),
  item: Int32Array.of(5, 6, 5, 5, 5, 5),
};

test("first keeps the earliest row of each pair, last the latest, both in time order", () => {
  expect([...dropDuplicates(paired, "first")]).toEqual([3, 0, 1]);
  expect([...dropDuplicates(paired, "last")]).toEqual([1, 4, 2]);
});

test("pairs are not mixed up where user and item numbers add up alike", () => {
  const rows = Int32Array.of(0, 1, 2, 3);
  const user = Int32Array.of(0, 1, 2, 1);
  const item = Int32Array.of(2, 1, 0, 0);
  expect([...dropDuplicates({ rows, user, item }, "first")]).toEqual([0, 1, 2, 3]);
});
