import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { discreteGaussian, laplace, sampled } from "./accounting.fixture.ts";
import { deltaOf } from "./delta.ts";
import { epsilonOf } from "./epsilon.ts";
import type { Uses } from "./mechanism.ts";
import { curveOf, leastEpsilon, rdpAccountant } from "./rdp-accountant.ts";
import { rdpOf } from "./rdp-of.ts";

const count = fc.integer({ min: 1, max: 3000 });
const uses: fc.Arbitrary<Uses> = fc.oneof(
  fc
    .tuple(
      fc.double({ min: 1e-4, max: 1, noNaN: true }),
      fc.double({ min: 0.4, max: 50, noNaN: true }),
      count,
    )
    .map((numbers) => sampled(...numbers)),
  fc.tuple(fc.double({ min: 1, max: 500, noNaN: true }), count).map((n) => laplace(...n)),
  fc.tuple(fc.double({ min: 1, max: 500, noNaN: true }), count).map((n) => discreteGaussian(...n)),
);
const several = fc.array(uses, { minLength: 1, maxLength: 4 });

test("a few orders are enough: never above what all fine orders give", () => {
  fc.assert(
    fc.property(several, fc.integer({ min: 2, max: 12 }), (all, digits) => {
      const delta = 10 ** -digits;
      const curve = curveOf(all);
      const found = rdpAccountant.epsilon(all, delta);
      expect(found).toBeLessThanOrEqual(epsilonOf(curve, delta) * (1 + 1e-12));
      expect(rdpAccountant.delta(all, found)).toBeLessThanOrEqual(
        deltaOf(curve, found) * (1 + 1e-9),
      );
      // And it is one order's promise, not less than any.
      const { order, value } = leastEpsilon(all, delta);
      if (value > 0) expect(epsilonOf(curve, delta, [order])).toBeCloseTo(found, 12);
    }),
    { numRuns: 25 },
  );
});

test("divergences of a composition are the sum of its parts' times their counts", () => {
  fc.assert(
    fc.property(several, fc.double({ min: 1.01, max: 100, noNaN: true }), (all, order) => {
      let sum = 0;
      for (const { mechanism, count } of all) sum += count * rdpOf(mechanism, order);
      expect(curveOf(all)(order)).toBe(sum);
    }),
  );
});

test("more uses, a smaller delta or a bigger rate cost more, more noise less", () => {
  fc.assert(
    fc.property(several, uses, (all, another) => {
      const cost = rdpAccountant.epsilon(all, 1e-6);
      const rounding = 1 - 1e-9;
      expect(rdpAccountant.epsilon([...all, another], 1e-6)).toBeGreaterThanOrEqual(cost);
      expect(rdpAccountant.epsilon(all, 1e-7)).toBeGreaterThanOrEqual(cost * rounding);
      const changed = (factor: { readonly noise: number; readonly rate: number }): number =>
        rdpAccountant.epsilon(
          all.map(({ mechanism, count }) => ({
            mechanism: {
              ...mechanism,
              noiseMultiplier: mechanism.noiseMultiplier * factor.noise,
              ...(mechanism.kind === "gaussian" && {
                samplingRate: Math.min(1, mechanism.samplingRate * factor.rate),
              }),
            },
            count,
          })),
          1e-6,
        );
      expect(changed({ noise: 1.1, rate: 1 }) * rounding).toBeLessThanOrEqual(cost);
      expect(changed({ noise: 1, rate: 1.1 })).toBeGreaterThanOrEqual(cost * rounding);
    }),
    { numRuns: 40 },
  );
});

test("Gaussian noise on the integers costs no more than on the real line, and no other", () => {
  expect(rdpOf({ kind: "discrete-gaussian", noiseMultiplier: 3 }, 7)).toBe(7 / 18);
  expect(rdpAccountant.epsilon([discreteGaussian(2, 9)], 1e-5)).toBe(
    rdpAccountant.epsilon([sampled(1, 2, 9)], 1e-5),
  );
});

test("Laplace noise alone never costs more than the sum of its epsilons, which have delta 0", () => {
  const uses = [laplace(4, 2), laplace(10, 5)];
  expect(rdpAccountant.epsilon(uses, 1e-300)).toBe(1);
  expect(rdpAccountant.delta(uses, 1)).toBe(0);
  expect(rdpAccountant.delta(uses, 0.999)).toBeGreaterThan(0);
  expect(epsilonOf(curveOf(uses), 0.01, [Infinity])).toBe(1);
  expect(deltaOf(curveOf(uses), 1, [Infinity])).toBe(0);
  expect(deltaOf(curveOf(uses), 0.9, [Infinity])).toBeGreaterThan(0.5);
});

describe("at the edges", () => {
  test("nothing used, or nothing revealed, costs nothing", () => {
    for (const free of [
      [],
      [sampled(0.1, 1, 0)],
      [sampled(0, 1, 10)],
      [sampled(0, 0, 10)],
      [sampled(0.1, Infinity, 10)],
      [laplace(Infinity, 3)],
    ]) {
      expect(rdpAccountant.epsilon(free, 1e-5)).toBe(0);
      expect(rdpAccountant.delta(free, 0)).toBe(0);
    }
  });

  test("no noise costs everything", () => {
    for (const open of [[sampled(1, 0, 1)], [sampled(1e-9, 0, 1)], [laplace(0, 1)]]) {
      expect(rdpAccountant.epsilon(open, 1e-5)).toBe(Infinity);
      expect(rdpAccountant.delta(open, 100)).toBe(1);
    }
  });

  test("numbers that are no mechanism's are refused", () => {
    expect(() => rdpAccountant.epsilon([sampled(1.1, 1, 1)], 1e-5)).toThrow("samplingRate is 1.1");
    expect(() => rdpAccountant.epsilon([sampled(0.1, -1, 1)], 1e-5)).toThrow(
      "noiseMultiplier is -1",
    );
    expect(() => rdpAccountant.epsilon([sampled(0.1, 1, -1)], 1e-5)).toThrow("count is -1");
    expect(() => rdpAccountant.epsilon([sampled(0.1, 1, NaN)], 1e-5)).toThrow("count is NaN");
    for (const delta of [0, 1, NaN])
      expect(() => rdpAccountant.epsilon([], delta)).toThrow("must lie between 0 and 1");
    expect(() => rdpAccountant.delta([], -1)).toThrow("must be 0 or more");
  });
});
