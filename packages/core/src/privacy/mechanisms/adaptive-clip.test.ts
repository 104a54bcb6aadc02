import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adaptiveClip, sumNoiseMultiplier, type AdaptiveClip } from "./adaptive-clip.ts";
import { addGaussian } from "./gaussian.ts";
import { seededBytes } from "./bytes.fixture.ts";
import { uniformBelow, wordsOf } from "./words.ts";

const UNITS = 400;
const settings = {
  quantile: 0.5,
  initial: 1,
  learningRate: 0.2,
  countNoise: UNITS / 20,
  expectedUnits: UNITS,
};

/** Draws the norm of a unit. */
type Norms = (next: () => number) => number;
const uniformOf = (next: () => number) => (uniformBelow(2 ** 31, next) + 0.5) / 2 ** 31;
/** Median `centre`, and no mean: Pareto with exponent 1/2. */
const heavy =
  (centre: number): Norms =>
  (next) =>
    centre / (2 * uniformOf(next)) ** 2;
const even =
  (centre: number): Norms =>
  (next) =>
    2 * centre * uniformOf(next);

/** The mean logarithm of the bound over the last half of the steps. */
function settled(
  rule: Pick<AdaptiveClip, "init" | "step">,
  options: {
    readonly norms: Norms;
    readonly steps: number;
    readonly noise: number;
    readonly seed?: number;
  },
): number {
  const { norms, steps, noise, seed = 1 } = options;
  const bytes = seededBytes(seed);
  const next = wordsOf(bytes);
  let bound = rule.init();
  let mean = 0;
  for (let t = 0; t < steps; t++) {
    const sum = new Float64Array(1);
    for (let i = 0; i < UNITS; i++) sum[0]! += norms(next) <= bound ? 1 / 2 : -1 / 2;
    addGaussian(sum, noise, bytes);
    bound = rule.step(bound, sum[0]!);
    if (t >= steps / 2) mean += Math.log(bound) / (steps / 2);
  }
  return mean;
}

test("a step is C exp(-eta (b - gamma)): worked out by hand", () => {
  const rule = adaptiveClip({ ...settings, initial: 0.1, quantile: 0.8, expectedUnits: 50 });
  expect(rule.init()).toBe(0.1);
  // 30 of 50 within, 20 beyond: the sum of halves is 5, b = 0.6.
  expect(rule.step(0.1, 5)).toBeCloseTo(0.1 * Math.exp(0.04), 15);
  // All within, with noise of 3: b = 28 / 50 + 1/2.
  expect(rule.step(2, 28)).toBeCloseTo(2 * Math.exp(-0.2 * 0.26), 14);
  // Nobody came to a Poisson batch: the sum is 0, b = 1/2.
  expect(rule.step(2, 0)).toBeCloseTo(2 * Math.exp(0.06), 14);
});

describe("the bound settles at the quantile", () => {
  test.each([1e-6, 1e-3, 1, 1e3, 1e6])(
    "of heavy tails from %d times the median, with noise",
    (start) => {
      const rule = adaptiveClip({ ...settings, initial: 0.3 * start });
      const mean = settled(rule, { norms: heavy(0.3), steps: 600, noise: settings.countNoise });
      expect(Math.abs(mean - Math.log(0.3))).toBeLessThan(0.05);
    },
  );

  test.each([0.1, 0.3, 0.9])("%d of even norms, without noise and with it", (quantile) => {
    for (const noise of [0, settings.countNoise]) {
      const rule = adaptiveClip({ ...settings, quantile });
      const mean = settled(rule, { norms: even(5), steps: 600, noise });
      expect(Math.abs(Math.exp(mean) - 10 * quantile)).toBeLessThan(0.03 * 10 * quantile + 0.02);
    }
  });

  test("where the share of units that are clipped, in place of those that are not, runs away", () => {
    const rule = adaptiveClip(settings);
    const mutant: AdaptiveClip = { ...rule, step: (bound, sum) => rule.step(bound, -sum) };
    for (const start of [0.1, 10]) {
      const options = { norms: heavy(1), steps: 400, noise: settings.countNoise };
      const at = { init: () => start };
      expect(Math.abs(settled({ ...rule, ...at }, options))).toBeLessThan(0.05);
      expect(Math.abs(settled({ ...mutant, ...at }, options))).toBeGreaterThan(10);
    }
  });
});

describe("the noise multiplier of the sum", () => {
  test("is what is left beside the count: values of the formula", () => {
    expect(sumNoiseMultiplier(1, 5)).toBeCloseTo(1.0050378152592121, 14);
    expect(sumNoiseMultiplier(0.6, 0.5)).toBeCloseTo(0.75, 14);
    expect(sumNoiseMultiplier(0, 0)).toBe(0);
  });

  test("costs, with the count's, what the noise multiplier in all costs: inverse squares add", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.double({ min: 1.01, max: 100, noNaN: true }),
        (all, factor) => {
          const countNoise = (all / 2) * factor;
          const sum = sumNoiseMultiplier(all, countNoise);
          expect(sum).toBeGreaterThan(all);
          expect(sum ** -2 + (2 * countNoise) ** -2).toBeCloseTo(all ** -2, 10);
        },
      ),
    );
  });

  test("does not exist where the count alone costs as much: the numbers and the way out", () => {
    for (const countNoise of [0, 0.4, 0.5])
      expect(() => sumNoiseMultiplier(1, countNoise)).toThrow(
        expect.objectContaining({
          code: "PRIVACY_COUNT_NOISE",
          message: `the count that moves the clip bound has noise of deviation ${countNoise}, which alone costs what a noise multiplier of ${2 * countNoise} costs; 1 are asked for in all: raise countNoise above 0.5, by larger batches if it is not set, or lower the noise multiplier`,
        }),
      );
  });
});
