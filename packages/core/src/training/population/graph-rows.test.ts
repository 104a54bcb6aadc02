import { expect, test } from "vitest";
import { graphRows } from "./graph-rows.ts";

const events = {
  starts: Int32Array.of(0, 3, 5),
  item: Int32Array.of(0, 2, 1, 0, 2),
  days: Float64Array.of(0, 1, 2, 0, 1),
};
const itemStarts = Int32Array.of(0, 2, 3);
/** Two dense parameters, then three items of one entry. */
const learnedOf = (values: readonly number[]) => ({
  values: Float32Array.from(values),
  size: 5,
  layout: { size: 2, views: [] },
  tables: [{ name: "items", offset: 2, rows: 3, width: 1 }],
});

test("vectors follow the table as it is when a sum begins", () => {
  const learned = learnedOf([9, 9, 1, 2, 4]);
  const rows = graphRows({ learned, events, itemStarts }, 1);
  const out = new Float32Array(4);
  rows.begin!();
  rows.gather(Int32Array.of(0, 2, -1, 1), out);
  // 0 is followed by 2, and in its domain by 1: x + (x + G x) / 2 = 1.5 x + (2 + 4) / 4; 2 by 1.
  expect(Array.from(out)).toEqual([3, 6.5, 0, 3]);
  learned.values.set([2, 4, 8], 2);
  rows.gather(Int32Array.of(0), out);
  expect(out[0]).toBe(3);
  rows.begin!();
  rows.gather(Int32Array.of(0), out);
  expect(out[0]).toBe(6);
});

test("gradients reach the rows that a vector was made of, once for each sum", () => {
  const rows = graphRows({ learned: learnedOf([0, 0, 0, 0, 0]), events, itemStarts }, 1);
  expect(rows.distinct).toBe(false);
  const sum = new Float64Array(5).fill(1);
  for (let times = 0; times < 2; times++) {
    rows.begin!();
    rows.scatter(Int32Array.of(0, -1), Float32Array.of(2, 7), sum);
    rows.end!(sum);
  }
  // 2 at item 0: 3 to itself, a quarter each to items 1 and 2, twice.
  expect(Array.from(sum)).toEqual([1, 1, 7, 2, 2]);
});

test("nothing else is learned in its place", () => {
  expect(() =>
    graphRows({ learned: { ...learnedOf([]), tables: [] }, events, itemStarts }, 1),
  ).toThrow(RangeError);
});
