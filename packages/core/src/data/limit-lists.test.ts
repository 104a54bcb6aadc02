import { expect, test } from "vitest";
import type { EvaluationExamples } from "./examples.ts";
import { limitLists } from "./limit-lists.ts";

/** Five lists of two rows; every number says its row. */
const examples: EvaluationExamples = {
  numRows: 10,
  rows: { numRows: 0, categorical: new Int32Array(0), numeric: new Float32Array(0) },
  at: Int32Array.from({ length: 10 }, (_, row) => 100 + row),
  label: Float32Array.from({ length: 10 }, (_, row) => (row % 2 === 0 ? 1 : 0)),
  user: Int32Array.from({ length: 10 }, (_, row) => 200 + row),
  list: Int32Array.from({ length: 10 }, (_, row) => Math.floor(row / 2)),
};

test("lists that are evenly spaced, with all that is known of their rows, numbered anew", () => {
  const itemAt = examples.at.map((row) => row + 200);
  // Of five lists the first, the second (5 / 3) and the fourth (10 / 3).
  expect(limitLists({ ...examples, itemAt }, 3)).toEqual({
    numRows: 6,
    rows: examples.rows,
    at: Int32Array.of(100, 101, 102, 103, 106, 107),
    itemAt: Int32Array.of(300, 301, 302, 303, 306, 307),
    label: Float32Array.of(1, 0, 1, 0, 1, 0),
    user: Int32Array.of(200, 201, 202, 203, 206, 207),
    list: Int32Array.of(0, 0, 1, 1, 2, 2),
  });
});

test("no more lists than there may be, no lists, and no rows come back as they are", () => {
  expect(limitLists(examples, 5)).toBe(examples);
  const { list: _, ...single } = examples;
  expect(limitLists(single, 1)).toBe(single);
  const none = { ...examples, numRows: 0 };
  expect(limitLists(none, 1)).toBe(none);
});
