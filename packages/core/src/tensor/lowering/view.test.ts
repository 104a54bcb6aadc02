import * as fc from "fast-check";
import { expect, test } from "vitest";
import { elements, type Value } from "../onnx/graph.ts";
import {
  axisSize,
  broadcast,
  joined,
  regroup,
  reshaped,
  transposed,
  viewOf,
  viewShape,
  type View,
} from "./view.ts";

const value = (...shape: number[]): Value => ({ shape, dtype: "float32" });

/** Where in the base each element of a view lies, in the view's row-major order. */
function positions(view: View): number[] {
  return view.axes
    .flat()
    .reduce<number[]>(
      (starts, { size, stride }) =>
        starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i * stride)),
      [0],
    );
}

test("a transposed matrix steps down its columns", () => {
  const view = transposed(viewOf(value(2, 3)), [1, 0]);
  expect(viewShape(view)).toEqual([3, 2]);
  expect(positions(view)).toEqual([0, 3, 1, 4, 2, 5]);
});

test("a broadcast row repeats, and stays one row of the base", () => {
  const view = broadcast(viewOf(value(3)), [2, 3], [0]);
  expect(positions(view)).toEqual([0, 1, 2, 0, 1, 2]);
  expect(view.axes).toEqual([[{ size: 2, stride: 0 }], [{ size: 3, stride: 1 }]]);
});

test("merging transposed axes keeps both strides in one axis", () => {
  const view = reshaped(transposed(viewOf(value(2, 3)), [1, 0]), [6])!;
  expect(view.axes).toEqual([
    [
      { size: 3, stride: 1 },
      { size: 2, stride: 3 },
    ],
  ]);
  expect(positions(view)).toEqual([0, 3, 1, 4, 2, 5]);
});

test("heads split off and back again are the tensor as it lay", () => {
  const heads = transposed(reshaped(viewOf(value(4, 5, 6)), [4, 5, 2, 3])!, [0, 2, 1, 3]);
  expect(viewShape(heads)).toEqual([4, 2, 5, 3]);
  const back = reshaped(transposed(heads, [0, 2, 1, 3]), [4, 5, 6])!;
  expect(positions(back)).toEqual(positions(viewOf(value(4, 5, 6))));
  expect(joined(back.axes.flat())).toEqual([{ size: 120, stride: 1 }]);
});

test("a transposed [2, 3] has no lazy reshape to [2, 3]: 3 steps of 1 cannot be cut in 2", () => {
  expect(reshaped(transposed(viewOf(value(2, 3)), [1, 0]), [2, 3])).toBeUndefined();
});

test("where a reshape stays lazy, it keeps every position", () => {
  const size = fc.constantFrom(1, 2, 3, 4);
  const cases = fc.array(size, { minLength: 1, maxLength: 4 }).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      permutation: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      target: fc.shuffledSubarray(shape, { minLength: shape.length }),
    }),
  );
  let lazy = 0;
  fc.assert(
    fc.property(cases, ({ shape, permutation, target }) => {
      const view = transposed(viewOf(value(...shape)), permutation);
      const result = reshaped(view, target);
      if (result === undefined) return;
      lazy++;
      expect(viewShape(result)).toEqual(target);
      expect(positions(result)).toEqual(positions(view));
      expect(new Set(positions(result)).size).toBe(elements(shape));
    }),
    { numRuns: 300 },
  );
  expect(lazy).toBeGreaterThan(100);
});

test("regroup cuts an atom where a boundary falls", () => {
  expect(regroup([{ size: 12, stride: 2 }], [3, 1, 4])).toEqual([
    [{ size: 3, stride: 8 }],
    [],
    [{ size: 4, stride: 2 }],
  ]);
  expect(axisSize([])).toBe(1);
});
