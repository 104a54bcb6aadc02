import fc from "fast-check";
import { describe, expect, test } from "vitest";
import fixtures from "../__fixtures__/pld.json" with { type: "json" };
import probes from "../__fixtures__/probes.json" with { type: "json" };
import { discreteGaussian, laplace, sampled } from "../accounting.fixture.ts";
import { rdpAccountant } from "../rdp-accountant.ts";
import { pldAccountant } from "./accountant.ts";
import { sampledGaussianDelta } from "./hockey-stick.fixture.ts";

/** `near` is an estimate: rounding to the nearest has an error of its own. */
const NEAR = 2e-6;

const titled = fixtures.map((fixture) => ({
  ...fixture,
  title: fixture.uses
    .map((use) => `${use.count} of q ${use.samplingRate}, z ${use.noiseMultiplier}`)
    .join("; "),
}));

describe.each(titled)("$title", ({ uses: given, deltas, epsilons }) => {
  const uses = given.map(({ samplingRate, noiseMultiplier, count }) =>
    sampled(samplingRate, noiseMultiplier, count),
  );

  test("delta is above the truth by a thousandth at most (dp-accounting; PRV's method)", () => {
    for (const { epsilon, low, near } of deltas) {
      if (near === null) continue;
      const delta = pldAccountant.delta(uses, epsilon);
      expect(delta).toBeGreaterThanOrEqual(low);
      expect(delta).toBeGreaterThanOrEqual(near * (1 - NEAR));
      expect(delta).toBeLessThanOrEqual(near * 1.002);
      expect(delta).toBeLessThanOrEqual(rdpAccountant.delta(uses, epsilon));
    }
  });

  test("so is epsilon, by a few ten-thousandths", () => {
    for (const { delta, low, near, high } of epsilons) {
      const epsilon = pldAccountant.epsilon(uses, delta);
      if (Number.isFinite(low)) expect(epsilon).toBeGreaterThanOrEqual(low);
      expect(epsilon).toBeLessThanOrEqual(high * 1.0015);
      expect(epsilon).toBeLessThanOrEqual(rdpAccountant.epsilon(uses, delta));
      if (near === null) continue;
      expect(epsilon).toBeGreaterThanOrEqual(near * (1 - NEAR));
      expect(epsilon).toBeLessThanOrEqual(near * 1.0015);
    }
  });
});

/** To the digits that dp-accounting's grid has: the truth is 0.155933 and 0.1269367. */
test.each([
  { uses: [sampled(0.2, 0.5, 3)], delta: 0.15594 },
  { uses: [sampled(1, Math.sqrt(3), 3)], delta: 0.126936 },
])("delta at epsilon 1 is $delta (dp-accounting pld tests)", ({ uses, delta }) =>
  expect(pldAccountant.delta(uses, 1)).toBeCloseTo(delta, 4),
);

/** opacus/tests/prv_accountant.py at delta 1e-6: an upper bound, the estimate plus 0.01. */
test.each([
  [2, 0.05, 100, 1.28364],
  [3, 0.05, 100, 0.767934],
  [1.5, 0.2, 100, 8.49898],
  [3, 0.2, 100, 3.38122],
  [1.5, 0.05, 1000, 6.20997],
  [3, 0.05, 1000, 2.52757],
  [1.5, 0.001, 20_000, 0.437005],
  [3, 0.05, 20_000, 13.96111],
  [3, 0.001, 50_000, 0.309694],
  [0.8, 0.001, 100, 0.2704],
])(
  "z = %d, q = %d, %d steps: PRV's %d or less, by its tolerance of 0.01 at most",
  (z, q, n, prv) => {
    const epsilon = pldAccountant.epsilon([sampled(q, z, n)], 1e-6);
    expect(epsilon).toBeLessThanOrEqual(prv * 1.001);
    expect(epsilon).toBeGreaterThan(prv - 0.0101);
  },
);

test("q = 0.04, z = 1.5, 2249 steps: 6.7774 less PRV's tolerance of 0.01 (Opacus)", () => {
  const epsilon = pldAccountant.epsilon([sampled(0.04, 1.5, Math.floor(90 / 0.04) - 1)], 1e-5);
  expect(epsilon).toBeGreaterThan(6.777395712150674 - 0.0101);
  expect(epsilon).toBeLessThan(6.777395712150674 - 0.0095);
});

/** Balle and Wang 2018, theorem 8, with mpmath. */
test.each(probes.gaussianDelta)(
  "one Gaussian of z = $noiseMultiplier at epsilon $epsilon: its closed form",
  ({ noiseMultiplier, epsilon, delta: exact }) => {
    const delta = pldAccountant.delta([sampled(1, noiseMultiplier, 1)], epsilon);
    expect(delta).toBeGreaterThanOrEqual(Number(exact));
    const logExact = Math.log(Number(exact));
    expect(Math.log(delta) - logExact).toBeLessThan(2e-5 * Math.max(1, -logExact));
  },
);

test("one use under sampling is above the integral of its privacy curve, by a thousandth at most", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.double({ min: 0.4, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (rate, noise, epsilon) => {
        const exact = sampledGaussianDelta({ rate, noise }, epsilon);
        fc.pre(exact > 1e-12);
        const delta = pldAccountant.delta([sampled(rate, noise, 1)], epsilon);
        expect(delta).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        expect(delta).toBeLessThan(exact * 1.002);
      },
    ),
    { numRuns: 60 },
  );
});

describe("Laplace noise", () => {
  test.each([0.5, 1, 3])("scale %d: delta is 1 - exp((epsilon - 1 / b) / 2)", (scale) => {
    for (const part of [0, 0.3, 0.9]) {
      const epsilon = part / scale;
      const exact = -Math.expm1((epsilon - 1 / scale) / 2);
      const delta = pldAccountant.delta([laplace(scale, 1)], epsilon);
      expect(delta / exact).toBeGreaterThanOrEqual(1 - 1e-9);
      expect(delta / exact).toBeLessThan(1.001);
    }
  });

  test("of ten uses costs no more than the sum of their epsilons, with a Gaussian more", () => {
    const ten = pldAccountant.epsilon([laplace(20, 10)], 1e-9);
    expect(ten).toBeLessThanOrEqual(0.5 * 1.0001);
    expect(ten).toBeGreaterThan(0.4);
    expect(pldAccountant.epsilon([laplace(20, 10), sampled(0.1, 3, 5)], 1e-9)).toBeGreaterThan(ten);
  });
});

test("never above Rényi orders; grows with rate, count and 1 / z, falls with delta", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.005, max: 1, noNaN: true }),
      fc.double({ min: 0.5, max: 10, noNaN: true }),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 3, max: 10 }),
      (rate, noise, count, digits) => {
        const delta = 10 ** -digits;
        const epsilon = pldAccountant.epsilon([sampled(rate, noise, count)], delta);
        expect(epsilon).toBeLessThanOrEqual(
          rdpAccountant.epsilon([sampled(rate, noise, count)], delta) * (1 + 1e-12),
        );
        // Grids differ: to their coarseness.
        const grows = (uses: ReturnType<typeof sampled>, at = delta): void =>
          expect(pldAccountant.epsilon([uses], at)).toBeGreaterThanOrEqual(epsilon * 0.9985);
        grows(sampled(Math.min(1, rate * 1.2), noise, count));
        grows(sampled(rate, noise / 1.2, count));
        grows(sampled(rate, noise, count + 5));
        grows(sampled(rate, noise, count), delta / 10);
        if (epsilon > 0)
          expect(pldAccountant.delta([sampled(rate, noise, count)], epsilon)).toBeLessThanOrEqual(
            delta * 1.02,
          );
      },
    ),
    { numRuns: 6 },
  );
});

test("a hundred thousand uses: rounding errors are bounded, and the bound is small", () => {
  // Next to no sampling, so that the closed form of z = 1 holds to 1e-9, by way of so many convolutions.
  const many = [sampled(1 - 1e-10, 1e5 ** 0.5, 1e5)];
  const exact = Number(
    probes.gaussianDelta.find((p) => p.noiseMultiplier === 1 && p.epsilon === 3)!.delta,
  );
  const delta = pldAccountant.delta(many, 3);
  expect(delta).toBeGreaterThan(exact * (1 - 1e-7));
  expect(delta).toBeLessThan(exact * 1.0002);
});

test("Gaussians without sampling are one of noise (sum of z^-2)^(-1/2)", () => {
  const nested = [sampled(1, 3, 4), sampled(1, 5, 2), sampled(1, 8, 1)];
  const together = (4 / 9 + 2 / 25 + 1 / 64) ** -0.5;
  expect(pldAccountant.epsilon(nested, 1e-6)).toBeCloseTo(
    pldAccountant.epsilon([sampled(1, together, 1)], 1e-6),
    10,
  );
});

describe("at the edges", () => {
  test("nothing costs 0, no noise everything", () => {
    for (const free of [[], [sampled(0, 1, 5)], [sampled(1, Infinity, 5)], [laplace(2, 0)]]) {
      expect(pldAccountant.epsilon(free, 1e-5)).toBe(0);
      expect(pldAccountant.delta(free, 0)).toBe(0);
    }
    for (const open of [[sampled(1, 0, 1)], [sampled(0.1, 0, 1)], [laplace(0, 1)]]) {
      expect(pldAccountant.epsilon(open, 1e-5)).toBe(Infinity);
      expect(pldAccountant.delta(open, 3)).toBe(1);
    }
  });

  test("where the mean loss is above 1,000 it promises what Rényi orders do", () => {
    const weak = [sampled(0.01, 0.02, 1000)];
    expect(pldAccountant.epsilon(weak, 1e-5)).toBe(rdpAccountant.epsilon(weak, 1e-5));
    expect(pldAccountant.delta(weak, 5)).toBe(rdpAccountant.delta(weak, 5));
  });

  test("a delta that covers all that can be told apart costs 0", () =>
    expect(pldAccountant.epsilon([sampled(0.01, 2, 1)], 0.1)).toBe(0));

  test("Gaussian noise on the integers is refused with the reason", () => {
    const whole = [discreteGaussian(3, 2)];
    expect(pldAccountant.refuses!(whole)).toContain("take the accountant rdp or zcdp");
    expect(() => pldAccountant.epsilon(whole, 1e-5)).toThrow("noise on the integers");
    expect(pldAccountant.refuses!([discreteGaussian(3, 0), sampled(0.1, 1, 1)])).toBeUndefined();
  });
});
