import fc from "fast-check";
import { expect, test } from "vitest";
import { positiveMean } from "./positive-mean.ts";

/** By the trapezoidal rule, which is exact to rounding for what vanishes at both ends; the first node is at 0. */
function integrated(mean: number, deviation: number): number {
  const end = Math.max(0, mean) + 12 * deviation;
  const nodes = 200_000;
  let [weight, moment] = [0, 0];
  // Of two exponents only their difference matters.
  const most = Math.max(0, mean);
  for (let i = 0; i < nodes; i++) {
    const x = ((i + 0.5) * end) / nodes;
    const exponent = ((x - mean) ** 2 - (most - mean) ** 2) / (2 * deviation ** 2);
    const density = Math.exp(-exponent);
    weight += density;
    moment += density * x;
  }
  return moment / weight;
}

test.each([-40, -6, -2.01, -2, -1.99, -0.5, 0, 0.3, 1, 2.5, 5])(
  "at %d deviations it is what integration gives",
  (z) => expect(positiveMean(3 * z, 3) / integrated(3 * z, 3)).toBeCloseTo(1, 6),
);

test("at 0 it is the half-normal's", () =>
  expect(positiveMean(0, 2)).toBeCloseTo(2 * Math.sqrt(2 / Math.PI), 14));

test("far above 0 nothing is cut off; far below, what is left decays at the rate |mean| / s^2", () => {
  expect(positiveMean(50, 2)).toBe(50);
  expect(positiveMean(1e9, 2)).toBe(1e9);
  expect(positiveMean(-1e12, 2) / (4 / 1e12)).toBeCloseTo(1, 12);
});

test("it is positive, no less than the mean, and rises with it", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 0.001, max: 1e3, noNaN: true }),
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      (mean, deviation, step) => {
        const value = positiveMean(mean, deviation);
        expect(value).toBeGreaterThan(0);
        expect(value).toBeGreaterThanOrEqual(mean);
        expect(positiveMean(mean + step * deviation, deviation)).toBeGreaterThan(value);
      },
    ),
  );
});
