import { expect, test } from "vitest";
import { countUnclipped, finiteNorms } from "./norms.ts";

test("squared norms are finite, or not", () => {
  expect(finiteNorms(Float32Array.of(0, 1e38))).toBe(true);
  expect(finiteNorms(Float32Array.of(0, Number.NaN))).toBe(false);
  expect(finiteNorms(Float32Array.of(Infinity, 0))).toBe(false);
});

test("norms 5, 5 and 13 over two groups: bounds that leave none, two, all; padding is not counted", () => {
  const squares = Float32Array.of(9, 16, 16, 9, 144, 25, 0, 0);
  const count = (bound: number, clipping: "flat" | "per-layer") =>
    countUnclipped(squares, { units: 3, numGroups: 2, bound, clipping });
  expect([4.99, 5, 12.9, 13].map((bound) => count(bound, "flat"))).toEqual([0, 2, 2, 3]);
  expect([3.9, 4, 11.9, 12].map((bound) => count(bound, "per-layer"))).toEqual([0, 2, 2, 3]);
});
