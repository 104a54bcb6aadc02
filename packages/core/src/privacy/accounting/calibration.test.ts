import { describe, expect, test } from "vitest";
import { laplace, sampled } from "./accounting.fixture.ts";
import { largestCount, noiseMultiplierFor } from "./calibration.ts";
import { accountants } from "./registry.ts";

const { rdp, pld, zcdp } = accountants;

/** Opacus looks for the noise at which epsilon is within 0.01 below the target. */
describe.each([
  { steps: 2250, theirs: 1.416 },
  { steps: 2000, theirs: 1.3562 },
])("epsilon 8 at delta 1e-5, q = 0.04, $steps steps", ({ steps, theirs }) => {
  const uses = (z: number) => [sampled(0.04, z, steps)];
  const noise = noiseMultiplierFor({ accountant: rdp, epsilon: 8, delta: 1e-5, uses });

  test(`is Opacus' noise of ${theirs}, to its tolerance, and never passes 8`, () => {
    const epsilon = rdp.epsilon(uses(noise), 1e-5);
    expect(epsilon).toBeLessThanOrEqual(8);
    expect(epsilon).toBeGreaterThan(8 - 0.01);
    expect(rdp.epsilon(uses(theirs), 1e-5)).toBeGreaterThan(8 - 0.01);
    expect(Math.abs(noise / theirs - 1)).toBeLessThan(1e-3);
    expect(noise).toBeLessThanOrEqual(theirs);
  });

  test("a ten-thousandth less noise would pass it", () =>
    expect(rdp.epsilon(uses(noise * (1 - 1e-4)), 1e-5)).toBeGreaterThan(8));

  test("so many steps are what the noise allows", () =>
    expect(
      largestCount({
        accountant: rdp,
        epsilon: 8,
        delta: 1e-5,
        uses: (count) => [sampled(0.04, noise, count)],
      }),
    ).toBe(steps));
});

test("the tight accountant needs less noise for the same promise", () => {
  const target = { epsilon: 2, delta: 1e-6, uses: (z: number) => [sampled(0.05, z, 100)] };
  const byPld = noiseMultiplierFor({ accountant: pld, ...target });
  const byRdp = noiseMultiplierFor({ accountant: rdp, ...target });
  expect(byPld).toBeLessThan(byRdp * 0.98);
  expect(pld.epsilon(target.uses(byPld), 1e-6)).toBeLessThanOrEqual(2);
});

test("(1, 1e-6) from one Gaussian takes z = 4.5309 by Rényi orders (dp-accounting), 4.2247 exactly", () => {
  const target = { epsilon: 1, delta: 1e-6, uses: (z: number) => [sampled(1, z, 1)] };
  const theirs = 4.530877117;
  expect(noiseMultiplierFor({ accountant: zcdp, ...target }) / theirs).toBeCloseTo(1, 5);
  // Balle and Wang 2018: the analytic Gaussian, by bisection of its closed form with mpmath.
  const exact = 4.22467888932683;
  const noise = noiseMultiplierFor({ accountant: pld, ...target });
  expect(noise).toBeGreaterThan(exact);
  expect(noise).toBeLessThan(exact * 1.0003);
});

test("no noise, no promise: 0 where none is needed, Infinity where none is enough", () => {
  const target = { accountant: rdp, epsilon: 1, delta: 1e-5 };
  expect(noiseMultiplierFor({ ...target, uses: () => [] })).toBe(0);
  expect(noiseMultiplierFor({ ...target, uses: () => [sampled(1, 0.5, 1)] })).toBe(Infinity);
  expect(noiseMultiplierFor({ ...target, uses: (z) => [laplace(z, 1)] })).toBeLessThan(1);
});

describe("rounds for a budget", () => {
  const target = { accountant: zcdp, epsilon: 3, delta: 1e-5 };

  test("the largest count fits, one more does not, with and without what came before", () => {
    const before = [sampled(1, 5, 2)];
    for (const past of [[], before]) {
      const uses = (count: number) => [sampled(1, 20, count)];
      const most = largestCount({ ...target, before: past, uses });
      expect(zcdp.epsilon([...past, ...uses(most)], 1e-5)).toBeLessThanOrEqual(3);
      expect(zcdp.epsilon([...past, ...uses(most + 1)], 1e-5)).toBeGreaterThan(3);
    }
    // Those before are worth 2 * 20^2 / 5^2 = 32 of them.
    const uses = (count: number) => [sampled(1, 20, count)];
    expect(largestCount({ ...target, uses }) - largestCount({ ...target, before, uses })).toBe(32);
  });

  test("0 where one is too many, Infinity where they cost nothing", () => {
    expect(largestCount({ ...target, uses: (n) => [sampled(1, 0.1, n)] })).toBe(0);
    expect(largestCount({ ...target, uses: (n) => [sampled(1, Infinity, n)] })).toBe(Infinity);
    expect(largestCount({ ...target, epsilon: 0, uses: (n) => [sampled(0, 1, n)] })).toBe(Infinity);
    expect(largestCount({ ...target, uses: (n) => [sampled(1, 1e9, n)] })).toBe(2 ** 40);
  });
});

test("what an accountant cannot account for is refused with its reason", () => {
  const target = { accountant: zcdp, epsilon: 1, delta: 1e-5 };
  expect(() => noiseMultiplierFor({ ...target, uses: (z) => [sampled(0.1, z, 1)] })).toThrow(
    "knows no amplification",
  );
  expect(() => largestCount({ ...target, uses: (n) => [sampled(0.1, 1, n)] })).toThrow(
    "knows no amplification",
  );
  expect(() => largestCount({ ...target, epsilon: NaN, uses: () => [] })).toThrow("epsilon is NaN");
});
