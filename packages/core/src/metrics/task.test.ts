import { expect, test } from "vitest";
import { taskOf } from "./task.ts";
import type { Scored } from "./types.ts";

/** Four rows of two labels; the second row does not know the second one. */
const scored: Scored = {
  examples: {
    numRows: 4,
    rows: { numRows: 4, categorical: new Int32Array(0), numeric: new Float32Array(0) },
    at: Int32Array.of(3, 2, 1, 0),
    tasks: ["click", "sale"],
    label: Float32Array.of(1, 0, 1, -1, 0, 0, 1, 1),
    user: Int32Array.of(0, 1, 0, 2),
    oracle: Float64Array.of(0.6, 0.1, 0.7, 0.2, 0.3, 0.05, 0.9, 0.5),
  },
  scores: Float64Array.of(0.5, 0.15, 0.4, 0.3, 0.2, 0.25, 0.8, 0.35),
  numUsers: 3,
};

test("of several labels one has its own scores and true probabilities, row by row", () => {
  const own = taskOf(scored, "sale");
  if ("kind" in own) throw new Error("the label is there");
  const { examples, scores } = own;
  expect([...scores]).toEqual([0.15, 0.25, 0.35]);
  expect([...examples.oracle!]).toEqual([0.1, 0.05, 0.5]);
  expect([[...examples.label], [...examples.at], [...examples.user]]).toEqual([
    [0, 0, 1],
    [3, 1, 0],
    [0, 0, 2],
  ]);
  const first = taskOf(scored, undefined);
  if ("kind" in first) throw new Error("the label is there");
  expect([...first.examples.oracle!]).toEqual([0.6, 0.7, 0.3, 0.9]);
});

test("a label that was not learned is named, with those that were", () =>
  expect(taskOf(scored, "buy")).toEqual({
    kind: "undefined",
    reason: "the model was not trained on the label buy, only on click, sale",
  }));
