import * as reference from "simple-statistics";
import { describe, expect, test } from "vitest";
import { normal, streamOf } from "../random/index.ts";
import { seedNoise } from "./bootstrap.ts";
import { differenceOf, estimate, macroOf, type Difference, type Estimate } from "./estimate.ts";
import { intervalOf, pValueOf } from "./inference.ts";
import { studentTail } from "./student-t.ts";
import { drawWorld, meanOver, type World } from "./worlds.fixture.ts";

const SAMPLES = 500;
const TRIALS = 300;
const noise = seedNoise(SAMPLES);

const estimateOf = (world: World, trial: string, client = trial): Estimate =>
  estimate([drawWorld(world, trial)], { samples: SAMPLES, client })[0]!;

/** Shares of trials whose test rejects at 5% and whose interval misses the true value, 0. */
function errorRates(draw: (trial: string) => Difference): { rejected: number; missed: number } {
  let rejected = 0;
  let missed = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const own = draw(`${trial}`);
    const { low, high } = intervalOf(own, noise);
    if (pValueOf(own) < 0.05) rejected += 1 / TRIALS;
    if (low > 0 || high < 0) missed += 1 / TRIALS;
  }
  return { rejected, missed };
}

/** Where a share of trials lies: within three deviations of the binomial one, sqrt(p (1 - p) / trials). */
function around(share: number): readonly [number, number] {
  const deviation = Math.sqrt((share * (1 - share)) / TRIALS);
  return [share - 3 * deviation, share + 3 * deviation];
}

const CALIBRATED = around(0.05);

function expectBetween(value: number, [low, high]: readonly [number, number]): void {
  expect(value).toBeGreaterThan(low);
  expect(value).toBeLessThan(high);
}

describe("true null hypotheses are rejected, and true values missed, 5% of the time", () => {
  test.each<[string, World]>([
    ["one seed, users vary", { numUsers: 60, numSeeds: 1, users: 1 }],
    ["three seeds, users vary", { numUsers: 60, numSeeds: 3, users: 1 }],
    ["three seeds, seeds vary", { numUsers: 60, numSeeds: 3, users: 0.05, seeds: 1 }],
    ["two seeds, seeds vary", { numUsers: 60, numSeeds: 2, users: 0.05, seeds: 1 }],
    [
      "five seeds, users and seeds vary alike",
      { numUsers: 60, numSeeds: 5, users: 1, seeds: 0.29 },
    ],
  ])("%s", (_, world) => {
    const { rejected, missed } = errorRates((trial) => estimateOf(world, trial));
    expectBetween(rejected, CALIBRATED);
    expectBetween(missed, CALIBRATED);
  });

  test("three clients with one shared seed effect, macro mean", () => {
    const { rejected, missed } = errorRates((trial) => {
      const stream = streamOf(12, "shift", trial);
      const shift = Array.from({ length: 3 }, () => 0.1 * normal(stream));
      return macroOf(
        [30, 45, 60].map((numUsers) => {
          const own = estimateOf({ numUsers, numSeeds: 3, users: 1 }, `${trial}/${numUsers}`);
          return { ...own, values: own.values.map((value, s) => value + shift[s]!) };
        }),
      );
    });
    expectBetween(rejected, CALIBRATED);
    expectBetween(missed, CALIBRATED);
  });

  test("paired difference of two methods that share their users' levels", () => {
    const { rejected, missed } = errorRates((trial) => {
      const stream = streamOf(13, "levels", trial);
      const level = Float64Array.from({ length: 60 }, () => 3 * normal(stream));
      const method = () => [meanOver(level.map((own) => own + normal(stream)))];
      const [a, b] = estimate([method(), method()], { samples: SAMPLES, client: trial });
      return differenceOf(a!, b!);
    });
    expectBetween(rejected, CALIBRATED);
    expectBetween(missed, CALIBRATED);
  });

  test("what users and seeds do to each other is counted twice: at most 5%", () => {
    const world = { numUsers: 60, numSeeds: 3, both: 1 };
    const { rejected, missed } = errorRates((trial) => estimateOf(world, trial));
    expect(rejected).toBeLessThan(0.05);
    expect(missed).toBeLessThan(0.05);
  });

  test("skewed users: a little more than 5% are missed at 60 users, as the percentile bootstrap does", () => {
    const world = { numUsers: 60, numSeeds: 1, users: 1, skewed: true };
    const { missed } = errorRates((trial) => estimateOf(world, trial));
    expectBetween(missed, [0.03, 0.15]);
  });

  test("drawing three seeds with replacement would miss one true value in four where seeds vary", () => {
    let missed = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const { values } = estimateOf({ numUsers: 2, numSeeds: 3, seeds: 1 }, `${trial}`);
      const centre = reference.mean(values);
      const drawn = reference.standardDeviation(values) / Math.sqrt(3);
      if (Math.abs(centre) > 1.96 * drawn) missed += 1 / TRIALS;
    }
    expectBetween(missed, [0.2, 0.32]);
  });
});

test("one seed: t is the one-sample t of the users' values, up to the bootstrap's noise", () => {
  const stream = streamOf(14, "values");
  const values = Array.from({ length: 80 }, () => 0.25 + normal(stream));
  const [own] = estimate([[meanOver(values)]], { samples: 20_000, client: "de" });
  const expected = studentTail(reference.tTest(values, 0), 79);
  expect(expected).toBeGreaterThan(0.001);
  expect(Math.abs(Math.log(pValueOf(own!) / expected))).toBeLessThan(0.12);
});

test("seeds alone: mean +- t_2 sd / sqrt(3), t_2 = 4.303, and p of the same t", () => {
  const perSeed = [0.71, 0.74, 0.72].map((level) =>
    meanOver(Array.from({ length: 50 }, () => level)),
  );
  const [own] = estimate([perSeed], { samples: 20_000, client: "de" });
  const interval = intervalOf(own!, seedNoise(20_000));
  const half = (4.302653 * Math.sqrt(7 / 3) * 0.01) / Math.sqrt(3);
  expect(interval.mean).toBeCloseTo(2.17 / 3, 12);
  expect(interval.sd).toBeCloseTo(Math.sqrt(7 / 3) * 0.01, 12);
  expect(Math.abs((interval.high - interval.mean) / half - 1)).toBeLessThan(0.04);
  expect(Math.abs((interval.mean - interval.low) / half - 1)).toBeLessThan(0.04);
  const t = (2.17 / 3 / (Math.sqrt(7 / 3) * 0.01)) * Math.sqrt(3);
  expect(Math.abs(pValueOf(own!) / studentTail(t, 2) - 1)).toBeLessThan(1e-9);
});

test("a real difference of three standard errors is found most of the time", () => {
  const world = { numUsers: 64, numSeeds: 3, users: 1, level: 3 / Math.sqrt(64) };
  const { rejected } = errorRates((trial) => estimateOf(world, trial));
  expectBetween(rejected, [0.78, 0.9]);
});

test("users of any seed count once, and a seed that a user missed counts as no influence", () => {
  const [first, second] = [meanOver([1, 2, 6]), meanOver([3, 5])];
  const missing = {
    ...second,
    influence: Float64Array.of(-0.5, 0, 0.5),
    present: Uint8Array.of(1, 0, 1),
  };
  const [own] = estimate([[first, missing]], { samples: 40_000, client: "de" });
  // Influences (-2, -1, 3) / 3 and (-1, 0, 1) / 2; their mean over seeds, stretched by 3 / 2.
  const variance = [-7 / 12, -1 / 6, 3 / 4].reduce((sum, u) => sum + u ** 2, 0) * (3 / 2);
  expect(own!.numUsers).toBe(3);
  const squares = own!.deltas.reduce((sum, delta) => sum + delta ** 2, 0) / 40_000;
  expect(Math.abs(squares / variance - 1)).toBeLessThan(0.05);
});

describe("where nothing varies", () => {
  const constant = (level: number, numUsers: number, numSeeds = 1) =>
    Array.from({ length: numSeeds }, () => meanOver(Array.from({ length: numUsers }, () => level)));
  const own = (level: number, numUsers: number, numSeeds?: number) =>
    estimate([constant(level, numUsers, numSeeds)], { samples: 100, client: "de" })[0]!;

  test("the interval is the point", () => {
    expect(intervalOf(own(0.1, 30, 3), seedNoise(100))).toEqual({
      mean: expect.closeTo(0.1, 12),
      sd: expect.closeTo(0, 12),
      low: expect.closeTo(0.1, 12),
      high: expect.closeTo(0.1, 12),
    });
  });

  test("no difference has p 1; a constant one the sign test's 2^(1 - n): one user proves nothing", () => {
    expect(pValueOf(own(0, 30))).toBe(1);
    expect(pValueOf(own(0.1, 1))).toBe(1);
    expect(pValueOf(own(0.1, 3))).toBe(0.25);
    expect(pValueOf(own(-0.1, 11, 3))).toBe(2 ** -10);
  });
});

test("estimates of different numbers of seeds cannot be paired, and nothing has no macro mean", () => {
  const of = (numSeeds: number) => estimateOf({ numUsers: 5, numSeeds, users: 1 }, "a");
  expect(() => differenceOf(of(2), of(3))).toThrow("2 seeds cannot be paired with 3");
  expect(() => macroOf([])).toThrow("no client");
});
