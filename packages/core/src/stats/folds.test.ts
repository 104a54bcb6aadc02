import { describe, expect, test } from "vitest";
import { normal, streamOf, type RandomStream } from "../random/index.ts";
import fixtures from "./__fixtures__/folds.json" with { type: "json" };
import { seedNoise } from "./bootstrap.ts";
import { mean } from "./descriptive.ts";
import { estimate, type Difference } from "./estimate.ts";
import { foldSpread, type Folds } from "./folds.ts";
import { intervalOf, pValueOf } from "./inference.ts";
import { meanOver } from "./worlds.fixture.ts";

const noise = seedNoise(200);

/** Values by seed; nothing is known of users. */
const bare = (values: readonly number[]): Difference => ({
  values,
  deltas: new Float64Array(200),
  numUsers: 1000,
});

describe.each(fixtures.cases)(
  "the corrected resampled t of $of.length seeds, test to train $testToTrain",
  ({ values, of, testToTrain, ...expected }) => {
    const folds: Folds = { of, testToTrain };

    test("standard error, interval and p are NumPy's and SciPy's", () => {
      const spread = foldSpread(values, folds)!;
      expect(spread.degrees).toBe(expected.degrees);
      expect(spread.standardError).toBeCloseTo(expected.standardError, 14);
      const { low, high, mean: centre } = intervalOf(bare(values), noise, folds);
      expect(centre).toBeCloseTo(mean(values), 14);
      expect(low).toBeCloseTo(expected.low, 11);
      expect(high).toBeCloseTo(expected.high, 11);
      expect(Math.abs(pValueOf(bare(values), folds) / expected.p - 1)).toBeLessThan(1e-9);
    });

    test("the order of the seeds does not matter", () => {
      const turned = { of: of.toReversed(), testToTrain };
      const { standardError } = foldSpread(values.toReversed(), turned)!;
      expect(standardError).toBeCloseTo(expected.standardError, 14);
    });
  },
);

test("folds with more seeds weigh more: se^2 = s^2 (w1^2 + w2^2 + w3^2 + ratio)", () => {
  // Means 2, 5 and 5 with shares 1/2, 1/4 and 1/4: s^2 = 3, sum of squares 3/8.
  const spread = foldSpread([1, 3, 5, 5], { of: [0, 0, 1, 2], testToTrain: 0.25 })!;
  expect(spread.standardError).toBeCloseTo(Math.sqrt(3 * (3 / 8 + 1 / 4)), 14);
});

test("seeds of one fold are trainings: they are treated as without folds", () => {
  const values = [0.71, 0.74, 0.72];
  const folds = { of: [2, 2, 2], testToTrain: 0.25 };
  expect(foldSpread(values, folds)).toBeUndefined();
  expect(intervalOf(bare(values), noise, folds)).toEqual(intervalOf(bare(values), noise));
  expect(pValueOf(bare(values), folds)).toBe(pValueOf(bare(values)));
});

test("every seed needs its fold", () => {
  expect(() => foldSpread([1, 2, 3], { of: [0, 1], testToTrain: 0.25 })).toThrow(
    "3 seeds, but the folds of 2",
  );
});

test("the same difference in all of five folds is the sign test's 1/16, no difference is 1", () => {
  const folds = { of: [0, 1, 2, 3, 4], testToTrain: 0.25 };
  expect(pValueOf(bare([0.1, 0.1, 0.1, 0.1, 0.1]), folds)).toBe(1 / 16);
  expect(pValueOf(bare([0, 0, 0, 0, 0]), folds)).toBe(1);
});

test("beside it stand the ends of the users' bootstrap alone, as one seed has them", () => {
  const stream = streamOf(3, "users");
  const users = Array.from({ length: 90 }, () => 0.4 + normal(stream));
  const [one] = estimate([[meanOver(users)]], { samples: 2000, client: "de" });
  const alone = intervalOf(one!, seedNoise(2000));
  const values = [0.1, 0.9, 0.4, 0.2, 0.6].map((value) => value + mean(users) - 0.44);
  const own = intervalOf({ ...one!, values }, seedNoise(2000), {
    of: [0, 1, 2, 3, 4],
    testToTrain: 0.25,
  });
  expect(own.rowsLow).toBeCloseTo(alone.low, 12);
  expect(own.rowsHigh).toBeCloseTo(alone.high, 12);
  expect(own.low).toBeLessThan(own.rowsLow!);
  expect(alone).not.toHaveProperty("rowsLow");
});

describe("true null hypotheses: 5 folds, 3 trainings on each", () => {
  const of = Array.from({ length: 15 }, (_, seed) => seed % 5);
  const folds = { of, testToTrain: 0.25 };
  const asDraws = { of: of.map((_, seed) => seed), testToTrain: 0.25 };

  /** Shares of 600 trials in which each way of counting rejects at 5%. */
  function rejected(draw: (stream: RandomStream) => readonly number[]) {
    const share = (own?: Folds) => {
      let count = 0;
      for (let trial = 0; trial < 600; trial++)
        if (pValueOf(bare(draw(streamOf(4, "trial", trial))), own) < 0.05) count++;
      return count / 600;
    };
    return { naive: share(), asDraws: share(asDraws), corrected: share(folds) };
  }

  test("where folds correlate by n_test / (n_test + n_train), as the correction assumes: 5%", () => {
    // Test rows say T_f, and all rows half as much once more: values have the correlation 1/5 exactly.
    const {
      naive,
      asDraws: counted,
      corrected,
    } = rejected((stream) => {
      const rows = Array.from({ length: 5 }, () => normal(stream));
      return of.map((fold) => rows[fold]! + 0.5 * mean(rows) + 0.05 * normal(stream));
    });
    // The deviation of a 5% share over 600 trials is 0.9%.
    expect(corrected).toBeGreaterThan(0.023);
    expect(corrected).toBeLessThan(0.077);
    // P(|t_4| > 1.67) = 17%: trainings on one fold are no folds of their own.
    expect(counted).toBeGreaterThan(0.11);
    // P(|t_4| > 0.76) = 49%: as if fifteen tests were fifteen samples.
    expect(naive).toBeGreaterThan(0.4);
  });

  test("two regressions, each on one of two features that are worth the same: at most 5%", () => {
    const { naive, corrected } = rejected((stream) => {
      const rows = Array.from({ length: 60 }, () => {
        const x = [normal(stream), normal(stream)] as const;
        return { x, y: 0.3 * (x[0] + x[1]) + normal(stream) };
      });
      const loss = (fold: number, feature: 0 | 1) => {
        let products = 0;
        let squares = 0;
        rows.forEach(({ x, y }, row) => {
          if (row % 5 === fold) return;
          products += x[feature] * y;
          squares += x[feature] ** 2;
        });
        const slope = products / squares + 0.05 * normal(stream);
        const tested = rows.filter((_, row) => row % 5 === fold);
        return mean(tested.map(({ x, y }) => (y - slope * x[feature]) ** 2));
      };
      return of.map((fold) => loss(fold, 0) - loss(fold, 1));
    });
    expect(corrected).toBeLessThan(0.05);
    expect(naive).toBeGreaterThan(0.2);
  });
});
