import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  composed,
  epsilonOf,
  fineOrders,
  gaussianRdp,
  opacusOrders,
  type RdpCurve,
} from "../index.ts";

const repeated =
  (steps: number, noiseMultiplier: number): RdpCurve =>
  (order) =>
    steps * gaussianRdp(noiseMultiplier, order);

/** Opacus' orders with those that dp-accounting has beside them. */
const googleOrders = [...opacusOrders, 11, 128, 256, 512, 1024];

test("Gaussian without sampling: z = 10 at order 20 costs 20 / 200", () => {
  expect(gaussianRdp(10, 20)).toBe(0.1);
  expect(gaussianRdp(2.7, 3.1)).toBeCloseTo(3.1 / (2 * 2.7 ** 2), 15);
  expect(gaussianRdp(Infinity, 20)).toBe(0);
  expect(gaussianRdp(0, 20)).toBe(Infinity);
  expect(composed([repeated(1, 2.7), repeated(1, 6.3)])(3)).toBeCloseTo(
    1.5 * (2.7 ** -2 + 6.3 ** -2),
    14,
  );
});

test("the Opacus orders are 99 tenths and 52 whole numbers", () => {
  expect(opacusOrders).toHaveLength(151);
  expect([opacusOrders[0], opacusOrders[98], opacusOrders[99], opacusOrders.at(-1)]).toEqual([
    1.1, 10.9, 12, 63,
  ]);
  for (const order of opacusOrders) expect(fineOrders).toContain(order);
});

/** What dp-accounting's tests expect, recomputed with high precision: (steps, z, delta) to epsilon. */
describe.each([
  { steps: 2, z: 0.7, delta: 1e-5, expected: 10.8602036, digits: 7 },
  { steps: 2, z: 0.35, delta: 1e-5, expected: 26.2880374, digits: 7 },
  { steps: 5, z: 1, delta: 1e-6, expected: 13.376379, digits: 5 },
])("$steps releases with z = $z at delta $delta", ({ steps, z, delta, expected, digits }) => {
  test("cost what they cost on dp-accounting's orders", () =>
    expect(epsilonOf(repeated(steps, z), delta, googleOrders)).toBeCloseTo(expected, digits - 1));

  test("cost as much or a trace less on finer ones", () => {
    const fine = epsilonOf(repeated(steps, z), delta);
    expect(fine).toBeLessThanOrEqual(expected + 1e-6);
    expect(fine).toBeGreaterThan(expected * 0.999);
  });
});

test("z = 4.530877117 at delta 1e-6 costs epsilon 1", () => {
  const thousandths = Array.from({ length: 98_999 }, (_, i) => (1001 + i) / 1000);
  expect(epsilonOf(repeated(1, 4.530877117), 1e-6, thousandths)).toBeCloseTo(1, 8);
  const fine = epsilonOf(repeated(1, 4.530877117), 1e-6);
  expect(fine).toBeGreaterThan(1 - 1e-8);
  expect(fine).toBeLessThan(1.0005);
});

test("a flat divergence of 1.1 on orders 2 to 32 at delta 1e-5 costs 1.32783806176", () => {
  const orders = Array.from({ length: 31 }, (_, i) => 2 + i);
  expect(epsilonOf(() => 1.1, 1e-5, orders)).toBeCloseTo(1.32783806176, 10);
});

test("zero-concentrated privacy of 0.81 at delta 1e-10 costs 8.922258 on the Opacus orders", () =>
  expect(epsilonOf((order) => 0.81 * order, 1e-10, opacusOrders)).toBeCloseTo(8.922258, 5));

test("nothing released costs 0, no noise costs infinity, and nonsense is refused", () => {
  expect(epsilonOf(() => 0, 1e-5)).toBe(0);
  expect(epsilonOf(() => Infinity, 1e-5)).toBe(Infinity);
  expect(epsilonOf((order) => gaussianRdp(0, order), 1e-5)).toBe(Infinity);
  for (const delta of [0, 1, -1, NaN])
    expect(() => epsilonOf(() => 1, delta)).toThrow("must lie between 0 and 1");
  expect(() => epsilonOf(() => NaN, 0.1)).toThrow("divergence of order");
  expect(() => gaussianRdp(-1, 2)).toThrow("must be 0 or more");
  expect(() => gaussianRdp(1, 1)).toThrow("must be above 1");
});

/**
 * The least delta at which one Gaussian release is private with the given epsilon, by plain integration:
 * the integral of max(0, p - exp(epsilon) q) with p = N(1, z^2), q = N(0, z^2).
 */
function deltaOf(z: number, epsilon: number): number {
  const step = z / 200;
  let sum = 0;
  for (let x = -12 * z; x <= 1 + 12 * z; x += step) {
    const p = Math.exp(-0.5 * ((x - 1) / z) ** 2);
    const q = Math.exp(epsilon - 0.5 * (x / z) ** 2);
    sum += Math.max(0, p - q);
  }
  return (sum * step) / (z * Math.sqrt(2 * Math.PI));
}

test("is never below the truth, and at most a third above it from epsilon 0.5 on", () => {
  // The integral itself against a known value: z = 1 is (1, 0.12693674)-private.
  expect(deltaOf(1, 1)).toBeCloseTo(0.12693674, 5);
  fc.assert(
    fc.property(
      fc.double({ min: 0.4, max: 20, noNaN: true }),
      fc.integer({ min: 2, max: 8 }),
      (z, digits) => {
        const delta = 10 ** -digits;
        const promised = epsilonOf(repeated(1, z), delta);
        expect(deltaOf(z, promised)).toBeLessThanOrEqual(delta * (1 + 1e-6));
        if (promised > 0.5) expect(deltaOf(z, (promised * 3) / 4)).toBeGreaterThan(delta);
      },
    ),
    { numRuns: 40 },
  );
});
