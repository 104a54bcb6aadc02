import { expect, test } from "vitest";
import { heldOut } from "./evaluation-examples.ts";
import type { EvaluationExamples, HeldOutRows } from "./examples.ts";
import { limitLists } from "./limit-lists.ts";

/** Five lists, of 2, 3, 4, 5 and 6 rows, whose examples say which they are. */
const rows: HeldOutRows = {
  numRows: 20,
  listStarts: Int32Array.of(0, 2, 5, 9, 14, 20),
  examples: (lists) => ({ at: lists }) as EvaluationExamples,
};

test("lists that are evenly spaced, numbered anew", () => {
  const some = limitLists(rows, 3);
  // Of five lists the first, the second (5 / 3) and the fourth (10 / 3).
  expect(some.listStarts).toEqual(Int32Array.of(0, 2, 5, 10));
  expect(some.numRows).toBe(10);
  expect(some.examples().at).toEqual(Int32Array.of(0, 1, 3));
  expect(some.examples(Int32Array.of(2)).at).toEqual(Int32Array.of(3));
});

test("no more lists than there may be, and no lists, come back as they are", () => {
  expect(limitLists(rows, 5)).toBe(rows);
  const single = heldOut({ numRows: 10 } as EvaluationExamples);
  expect(limitLists(single, 1)).toBe(single);
});
