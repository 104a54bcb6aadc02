import * as fc from "fast-check";
import { expect, test } from "vitest";
import { arrayOf } from "./arrays.ts";
import { innerProducts } from "./inner-products.ts";
import { pairwiseProducts } from "./pairwise.ts";
import { run } from "./run.fixture.ts";

/** The products of matrices of `rows` rows, one after the other in `x`, and their sums by the lemma. */
async function products(x: readonly (readonly number[])[], rows: number) {
  const shape = [-1, rows, x[0]!.length / rows];
  return run(
    (arrays) => {
      const v = arrayOf(arrays, "x").reshape(shape);
      return { y: innerProducts(v), sum: pairwiseProducts(v) };
    },
    { inputs: { x } },
  );
}

test("each pair once, in the order of a nested loop", async () => {
  // Rows (1, 2), (3, -1), (0, 5), (2, 2), and the same doubled.
  const x = [1, 2, 3, -1, 0, 5, 2, 2];
  const { y } = await products([x, x.map((value) => 2 * value)], 4);
  const once = [1, 10, 6, -5, 4, 10];
  expect(y).toEqual([...once, ...once.map((value) => 4 * value)]);
});

test("two rows have one product", async () => {
  expect((await products([[1, 2, 3, 4, 5, 6]], 2))["y"]).toEqual([32]);
});

test("they add up to the second-order term of a factorisation machine", async () => {
  const matrix = fc.integer({ min: 2, max: 5 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      x: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3 * rows, maxLength: 3 * rows }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(matrix, async ({ rows, x }) => {
      const { y, sum } = await products([x], rows);
      expect(y).toHaveLength((rows * (rows - 1)) / 2);
      expect(y!.reduce((total, value) => total + value, 0)).toBe(sum![0]);
    }),
    { numRuns: 20 },
  );
});
