import fc from "fast-check";
import { expect, test } from "vitest";
import { collidingGroups, collisionRate, shareOutCodes, withIndex } from "./collisions.ts";
import { codeUsage } from "./metrics.ts";
import { sinkhornRows } from "./sinkhorn.ts";

const anyCodes = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 30 }))
  .chain(([levels, n]) =>
    fc
      .array(fc.nat(2), { minLength: levels * n, maxLength: levels * n })
      .map((codes) => ({ levels, n, codes: Int32Array.from(codes) })),
  );

const tuples = (codes: Int32Array, levels: number) =>
  Array.from({ length: codes.length / levels }, (_, i) =>
    codes.subarray(i * levels, (i + 1) * levels).join(","),
  );

test("with the index every tuple is unique, and its head is the item's code", () => {
  fc.assert(
    fc.property(anyCodes, ({ levels, n, codes }) => {
      const unique = withIndex(codes, levels);
      expect(new Set(tuples(unique, levels + 1)).size).toBe(n);
      const heads = tuples(unique, levels + 1).map((tuple) => tuple.replace(/,\d+$/, ""));
      expect(heads).toEqual(tuples(codes, levels));
      const distinct = new Set(tuples(codes, levels)).size;
      expect(collisionRate(codes, levels)).toBeCloseTo((n - distinct) / n, 12);
    }),
  );
});

test("items of one tuple share out the last level by distance, until none collides", () => {
  // Three items of tuple (1, 0), one of (0, 0); codes of the last level at 0, 1, 2 and 3.
  const codes = Int32Array.of(1, 0, 0, 0, 1, 0, 1, 0);
  const last = {
    levels: 2,
    width: 1,
    residuals: Float32Array.of(0.1, 0, 0.3, 0.2),
    rows: Float32Array.of(0, 1, 2, 3),
    epsilon: 0.003,
    iterations: 50,
    rounds: 30,
  };
  const shared = shareOutCodes(codes, last);
  expect(collidingGroups(shared, 2)).toEqual([]);
  expect([...shared.subarray(2, 4)]).toEqual([0, 0]);
  expect([...codes]).toEqual([1, 0, 0, 0, 1, 0, 1, 0]);
  // Equal items cannot be told apart: the index does it.
  const same = shareOutCodes(Int32Array.of(0, 0, 0, 0), {
    ...last,
    residuals: new Float32Array(2),
  });
  expect(collidingGroups(same, 2)).toHaveLength(1);
});

test("Sinkhorn's algorithm evens out what the nearest code crowds", () => {
  // All four rows are nearest to the first code; two of them are nearly as near to the second.
  const distances = Float64Array.of(0, 4, 0.1, 3.9, 1, 1.2, 1.1, 1.15);
  const assigned = sinkhornRows(distances, 2, { epsilon: 0.05, iterations: 100 });
  expect([...assigned]).toEqual([0, 0, 1, 1]);
});

test("perplexity is the number of codes where all are used alike, and 1 where one is", () => {
  const even = codeUsage(Int32Array.of(0, 3, 1, 3, 2, 3, 3, 3), 2, [4, 4]);
  expect(even.usage).toEqual([1, 0.25]);
  expect(even.perplexity[0]).toBeCloseTo(4, 12);
  expect(even.perplexity[1]).toBeCloseTo(1, 12);
  const uneven = codeUsage(Int32Array.of(0, 0, 0, 1), 1, [2]);
  expect(uneven.perplexity[0]).toBeCloseTo(0.75 ** -0.75 * 0.25 ** -0.25, 12);
});
