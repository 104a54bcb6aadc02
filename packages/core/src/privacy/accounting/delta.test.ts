import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampled } from "./accounting.fixture.ts";
import { deltaOf } from "./delta.ts";
import { epsilonOf } from "./epsilon.ts";
import { opacusOrders } from "./orders.ts";
import { curveOf } from "./rdp-accountant.ts";
import { accountants } from "./registry.ts";

/** dp-accounting's grid of its test of epsilon to delta and back. */
const rates = [0, 0.01, 0.1, 0.8, 1];
const noises = [0, 0.1, 1, 10, 100];
const deltas = [0.99, 0.5, 0.1, 1e-2, 1e-3, 1e-5, 1e-6, 1e-9, 1e-12];

describe.each(rates)("round trips with q = %d", (rate) => {
  test.each(noises)("z = %d: delta of epsilon of delta is no more than delta", (noise) => {
    const uses = [sampled(rate, noise, 1)];
    const curve = curveOf(uses);
    for (const delta of deltas) {
      const epsilon = epsilonOf(curve, delta, opacusOrders);
      const again = deltaOf(curve, epsilon, opacusOrders);
      if (epsilon === Infinity) expect([rate > 0, noise, again]).toEqual([true, 0, 1]);
      else expect(again).toBeLessThanOrEqual(delta * (1 + 1e-8));
      // Where the conversion decides, not what cannot be told apart at all, there is nothing lost.
      if (epsilon > 0 && epsilon < Infinity && again > 1e-300) {
        expect(Math.log(again) / Math.log(delta)).toBeGreaterThan(1 - 1e-8);
        expect(epsilonOf(curve, again, opacusOrders)).toBeLessThanOrEqual(epsilon * (1 + 1e-8));
      }
      const promised = accountants.rdp.epsilon(uses, delta);
      if (promised < Infinity)
        expect(accountants.rdp.delta(uses, promised)).toBeLessThanOrEqual(delta * (1 + 1e-8));
    }
  });
});

test("both fall: epsilon with delta, delta with epsilon", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-4, max: 1, noNaN: true }),
      fc.double({ min: 0.3, max: 20, noNaN: true }),
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0.01, max: 8, noNaN: true }),
      (rate, noise, count, epsilon) => {
        const uses = [sampled(rate, noise, count)];
        const { rdp } = accountants;
        expect(rdp.delta(uses, epsilon * 1.3)).toBeLessThanOrEqual(rdp.delta(uses, epsilon));
        expect(rdp.epsilon(uses, 1e-6)).toBeGreaterThanOrEqual(rdp.epsilon(uses, 1e-5));
        const delta = rdp.delta(uses, epsilon) * (1 + 1e-9);
        if (delta > 0 && delta < 1)
          expect(rdp.epsilon(uses, delta)).toBeLessThanOrEqual(epsilon * (1 + 1e-9));
      },
    ),
  );
});

test("nothing told apart has delta 0, everything 1; little by Bretagnolle and Huber's bound", () => {
  expect(deltaOf(() => 0, 0)).toBe(0);
  expect(deltaOf(() => Infinity, 3)).toBe(1);
  // sqrt(1 - exp(-1e-6)) at epsilon 0, where every order's conversion is worse.
  expect(deltaOf(() => 1e-6, 0, [1.5, 2, 3])).toBeCloseTo(Math.sqrt(-Math.expm1(-1e-6)), 15);
});

test("nonsense is refused", () => {
  expect(() => deltaOf(() => 1, -0.1)).toThrow("epsilon is -0.1");
  expect(() => deltaOf(() => NaN, 1)).toThrow("divergence of order");
});
