import * as fc from "fast-check";
import * as reference from "simple-statistics";
import { expect, test } from "vitest";
import { mean, quantile, standardDeviation } from "./descriptive.ts";

const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
  minLength: 2,
  maxLength: 40,
});

test("mean and standard deviation are those of simple-statistics", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      expect(mean(values)).toBeCloseTo(reference.mean(values), 9);
      expect(standardDeviation(values)).toBeCloseTo(reference.sampleStandardDeviation(values), 9);
    }),
  );
});

test("one value has no deviation", () => {
  expect(standardDeviation([3])).toBe(0);
});

test("quantiles interpolate as NumPy's do: np.quantile([1, 2, 4, 8, 16], q)", () => {
  const values = [1, 2, 4, 8, 16];
  expect([0, 0.1, 0.25, 0.6, 0.975, 1].map((q) => quantile(values, q))).toEqual([
    1,
    1.4,
    2,
    expect.closeTo(5.6, 12),
    expect.closeTo(15.2, 12),
    16,
  ]);
});
