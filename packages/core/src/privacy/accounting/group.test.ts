import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { discreteGaussian, laplace, sampled } from "./accounting.fixture.ts";
import { groupEpsilon } from "./group.ts";
import { sampledGaussianDelta } from "./pld/hockey-stick.fixture.ts";
import { accountants } from "./registry.ts";

const { pld, rdp, zcdp } = accountants;

describe("without sampling", () => {
  test("a group of k is k sensitivities: noise z / k, exactly", () => {
    for (const accountant of [rdp, zcdp])
      expect(
        groupEpsilon([sampled(1, 6, 4), discreteGaussian(9, 2), laplace(12, 1)], {
          accountant,
          units: 3,
          delta: 1e-6,
        }),
      ).toEqual({
        epsilon: accountant.epsilon(
          [sampled(1, 2, 4), discreteGaussian(3, 2), laplace(4, 1)],
          1e-6,
        ),
        by: "sensitivity",
      });
  });

  test("rho grows with the square of the group (Bun and Steinke 2016, proposition 1.9)", () => {
    const one = groupEpsilon([sampled(1, 10, 9)], { accountant: zcdp, units: 1, delta: 1e-5 });
    const group = groupEpsilon([sampled(1, 30, 9)], { accountant: zcdp, units: 3, delta: 1e-5 });
    expect(group).toEqual(one);
  });
});

describe("under sampling", () => {
  test("a group of one is one unit", () =>
    expect(
      groupEpsilon([sampled(0.01, 1, 100)], { accountant: rdp, units: 1, delta: 1e-5 }),
    ).toEqual({ epsilon: rdp.epsilon([sampled(0.01, 1, 100)], 1e-5), by: "sensitivity" }));

  test("is at rate 1 - (1 - q)^k with noise z / k, or chained where that is less", () => {
    const mild = groupEpsilon([sampled(0.9, 20, 1000)], { accountant: rdp, units: 3, delta: 1e-5 });
    expect(mild.by).toBe("sampled-group");
    expect(mild.epsilon).toBeCloseTo(rdp.epsilon([sampled(1 - 0.1 ** 3, 20 / 3, 1000)], 1e-5), 9);
    const strong = groupEpsilon([sampled(0.01, 1, 10)], { accountant: rdp, units: 6, delta: 1e-5 });
    expect(strong.by).toBe("chain");
    expect(strong.epsilon).toBeLessThan(rdp.epsilon([sampled(1 - 0.99 ** 6, 1 / 6, 10)], 1e-5));
    // No less than k times what one costs at delta / k.
    expect(strong.epsilon).toBeGreaterThan(6 * rdp.epsilon([sampled(0.01, 1, 10)], 1e-5 / 6));
  });

  test("the chain's delta for the group is at most the one asked for", () => {
    const uses = [sampled(0.01, 1, 10)];
    const units = 6;
    const { epsilon } = groupEpsilon(uses, { accountant: rdp, units, delta: 1e-5 });
    const one = epsilon / units;
    let chained = 0;
    for (let i = 0; i < units; i++) chained += rdp.delta(uses, one) * Math.exp(i * one);
    expect(chained).toBeLessThanOrEqual(1e-5 * (1 + 1e-6));
    expect(chained).toBeGreaterThan(1e-5 * 0.9);
  });

  test("is never below the truth, the group taking part unit by unit", () => {
    // delta of one release: a mixture of shifts by the binomial number of units in the sample.
    const groupDelta = (rate: number, noise: number, units: number, epsilon: number): number => {
      const step = noise / 200;
      let [removed, added] = [0, 0];
      for (let x = -10 * noise; x < units + 10 * noise; x += step) {
        const density = (shift: number): number => Math.exp(-0.5 * ((x - shift) / noise) ** 2);
        let mixture = 0;
        let weight = (1 - rate) ** units;
        for (let j = 0; j <= units; j++) {
          mixture += weight * density(j);
          weight *= ((units - j) / (j + 1)) * (rate / (1 - rate));
        }
        removed += Math.max(0, mixture - Math.exp(epsilon) * density(0));
        added += Math.max(0, density(0) - Math.exp(epsilon) * mixture);
      }
      return (Math.max(removed, added) * step) / (noise * Math.sqrt(2 * Math.PI));
    };
    // The integral itself, against the one for a single unit.
    expect(
      groupDelta(0.2, 2, 1, 0.1) / sampledGaussianDelta({ rate: 0.2, noise: 2 }, 0.1),
    ).toBeCloseTo(1, 3);
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.double({ min: 0.8, max: 6, noNaN: true }),
        fc.integer({ min: 2, max: 4 }),
        (rate, noise, units) => {
          const delta = 1e-4;
          const { epsilon } = groupEpsilon([sampled(rate, noise, 1)], {
            accountant: pld,
            units,
            delta,
          });
          expect(groupDelta(rate, noise, units, epsilon)).toBeLessThanOrEqual(delta * 1.002);
        },
      ),
      { numRuns: 8 },
    );
  });
});

test("grows with the group", () => {
  const of = (units: number): number =>
    groupEpsilon([sampled(0.05, 4, 200)], { accountant: rdp, units, delta: 1e-6 }).epsilon;
  expect([of(2) > of(1), of(4) > of(2), of(8) > of(4)]).toEqual([true, true, true]);
  for (const units of [0, 1.5, NaN]) expect(() => of(units)).toThrow("units is");
});
