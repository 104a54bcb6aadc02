import { expect, test } from "vitest";
import type { Examples, FeatureSchema, TrainingData } from "../../data/index.ts";
import { usesOf } from "./uses-of.ts";

const schema: FeatureSchema = {
  categorical: [
    { name: "item", of: "item", numRows: 6 },
    { name: "tags", of: "context", numRows: 5, length: 3 },
    { name: "seen", of: "user", numRows: 6, length: 2, vocabulary: "item" },
    { name: "history", of: "context", numRows: 6, length: 4, vocabulary: "item" },
  ],
  numeric: [],
};
const categorical = Int32Array.of(
  2,
  /**/ 2,
  3,
  0,
  /**/ 3,
  3,
  3,
  /**/ 2,
  2,
  4,
  /**/ 3,
  0,
  4,
  /**/ 0,
  0,
  0,
  /**/ 1,
  2,
  5,
  /**/ 4,
  4,
  4,
  /**/ 5,
  5,
);
const dataOf = (own: Partial<Examples>) =>
  ({
    schema,
    train: {
      numRows: 3,
      rows: { numRows: 4, categorical, numeric: new Float32Array(0) },
      at: Int32Array.of(0, 1, 2),
      ...own,
    },
  }) as unknown as TrainingData;

test("a training row counts once for each value that it holds, in lists and through lists that read the table", () => {
  const data = dataOf({});
  // Rows hold items {2, 3}, {3}, {4, 1, 2}; the fourth row trains nothing.
  expect([...usesOf(data, "item")]).toEqual([0, 1, 2, 2, 1, 0]);
  expect([...usesOf(data, "tags")]).toEqual([0, 0, 2, 1, 1]);
});

test("items are those that a row takes its item from, and rows on disk are found where they lie", () => {
  expect([...usesOf(dataOf({ itemAt: Int32Array.of(3, 1, 2) }), "item")]).toEqual([
    0, 1, 1, 2, 1, 1,
  ]);
  const rows = {
    numRows: 9,
    categorical,
    numeric: new Float32Array(0),
    width: 6,
    seek: (row: number) => row - 5,
  };
  expect([...usesOf(dataOf({ rows, at: Int32Array.of(5, 6, 7) }), "item")]).toEqual([
    0, 1, 2, 2, 1, 0,
  ]);
});
