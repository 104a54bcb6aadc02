import { expect, test } from "vitest";
import { parameterLayout, ones } from "../../tensor/index.ts";
import { initialVector, learnedSpace } from "./learned-vector.ts";

const layout = parameterLayout([{ name: "w", shape: [3], role: "weight", init: ones }]);

test("tables lie behind the dense parameters, one after the other", () => {
  const space = learnedSpace(layout, [
    { name: "items", rows: 4, width: 2 },
    { name: "codes", rows: 5, width: 2 },
  ]);
  expect(space.tables.map(({ offset }) => offset)).toEqual([3, 11]);
  expect(space.size).toBe(21);
});

test("the start follows from the seed; rows of items have the standard deviation 0.02", () => {
  const space = learnedSpace(layout, [{ name: "items", rows: 1000, width: 10 }]);
  const start = initialVector(space, 1);
  expect([...start.subarray(0, 3)]).toEqual([1, 1, 1]);
  expect(initialVector(space, 1)).toEqual(start);
  expect(initialVector(space, 2)).not.toEqual(start);
  const squares = start.subarray(3).reduce((sum, value) => sum + value * value, 0);
  // Five standard errors of a sample variance.
  expect(Math.abs(squares / 10_000 / 0.02 ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / 10_000));
});
