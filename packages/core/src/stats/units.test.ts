import { describe, expect, test } from "vitest";
import { measure } from "../metrics/index.ts";
import { scoredOf } from "../metrics/scored.fixture.ts";
import type { Defined } from "../metrics/index.ts";
import { normal, streamOf, uniformBelow } from "../random/index.ts";
import { quantile, standardDeviation } from "./descriptive.ts";
import { differenceOf, estimate } from "./estimate.ts";

const SAMPLES = 4000;

describe("rows as units, where seeds test different ones", () => {
  const influence = (own: readonly number[], units?: readonly number[]): Defined => ({
    kind: "value",
    value: 0.5,
    influence: Float64Array.from(own),
    present: Uint8Array.from(own, () => 1),
    ...(units && { units: Int32Array.from(units) }),
  });
  const deviation = (seeds: readonly Defined[], samples = 40_000) => {
    const [own] = estimate([seeds], { samples, client: "de" });
    return { numUsers: own!.numUsers, sd: standardDeviation(own!.deltas) };
  };

  test("two folds: variances add; taken for one row, the first rows would count twice", () => {
    const folds = [influence([0.3, -0.3], [0, 2]), influence([0.4, -0.4], [3, 1])];
    const { numUsers, sd } = deviation(folds);
    expect(numUsers).toBe(4);
    // Mean over two seeds: (0.15, -0.2, -0.15, 0.2), stretched by 4 / 3.
    expect(Math.abs(sd / Math.sqrt((4 / 3) * 0.125) - 1)).toBeLessThan(0.02);
    const confused = deviation([influence([0.3, -0.3]), influence([0.4, -0.4])]);
    expect(Math.abs(confused.sd / Math.sqrt(2 * 2 * 0.35 ** 2) - 1)).toBeLessThan(0.02);
  });

  test("a row that two seeds test is drawn once for both", () => {
    const both = [influence([0.3, -0.3], [5, 2]), influence([-0.1, 0.1], [2, 5])];
    const { numUsers, sd } = deviation(both);
    expect(numUsers).toBe(2);
    expect(Math.abs(sd / Math.sqrt(2 * 2 * 0.2 ** 2) - 1)).toBeLessThan(0.02);
  });

  test("the number of rows does not matter, nor how far apart their numbers are", () => {
    const far = [influence([0.3, -0.3], [0, 9_000_001]), influence([0.4, -0.4], [3, 9_000_002])];
    const { numUsers, sd } = deviation(far, 1000);
    expect(numUsers).toBe(4);
    expect(Math.abs(sd / Math.sqrt((4 / 3) * 0.125) - 1)).toBeLessThan(0.12);
  });

  test("every influence needs its unit", () => {
    expect(() => deviation([influence([0.3, -0.3], [0])])).toThrow("1 units for 2 influences");
  });
});

describe("AUC without users: drawing rows is drawing positives and negatives apart", () => {
  const [numPositives, numNegatives] = [40, 160];
  const stream = streamOf(6, "scores");
  const labels = Array.from({ length: 200 }, (_, row) => (row % 5 === 0 ? 1 : 0));
  const skill = labels.map((label) => 0.9 * label + normal(stream));
  const scores = [1, 0.4].map((own) => skill.map((score) => score + own * normal(stream)));
  const [a, b] = scores.map((own) => {
    const rows = labels.map((label, row) => [0, label, own[row]!] as const);
    return measure(["auc", "logloss"], withChances(scoredOf(rows, 1)), { ties: "expected" });
  });
  const defined = (own: typeof a, name: string): Defined => {
    const measured = own![name]!;
    if (measured.kind === "undefined") throw new Error(measured.reason);
    return measured;
  };

  test("influences of positives add up to 0, those of negatives too; for log loss they do not", () => {
    const sums = (name: string) =>
      [1, 0].map((label) =>
        defined(a, name).influence.reduce(
          (sum, own, row) => sum + (labels[row] === label ? own : 0),
          0,
        ),
      );
    for (const sum of sums("auc")) expect(Math.abs(sum)).toBeLessThan(1e-14);
    for (const sum of sums("logloss")) expect(Math.abs(sum)).toBeGreaterThan(0.05);
  });

  test("a difference has the spread and the ends of a literal stratified bootstrap", () => {
    const positives = labels.flatMap((label, row) => (label === 1 ? [row] : []));
    const negatives = labels.flatMap((label, row) => (label === 0 ? [row] : []));
    // By pair: what it adds to the difference of AUCs. Scores have no ties.
    const wins = positives.map((p) =>
      negatives.map(
        (n) => Number(scores[0]![p]! > scores[0]![n]!) - Number(scores[1]![p]! > scores[1]![n]!),
      ),
    );
    const draws = streamOf(6, "draws");
    const literal = Float64Array.from({ length: SAMPLES }, () => {
      const times = new Float64Array(numNegatives);
      for (let i = 0; i < numNegatives; i++) times[uniformBelow(draws, numNegatives)]! += 1;
      let sum = 0;
      for (let i = 0; i < numPositives; i++) {
        const row = wins[uniformBelow(draws, numPositives)]!;
        for (let j = 0; j < numNegatives; j++) sum += times[j]! * row[j]!;
      }
      return sum / numPositives / numNegatives;
    });
    const [own, other] = estimate([[defined(a, "auc")], [defined(b, "auc")]], {
      samples: SAMPLES,
      client: "de",
    });
    const difference = differenceOf(own!, other!);
    const centre = difference.values[0]!;
    const sd = standardDeviation(literal);
    // Four Monte Carlo errors: of a deviation, 1 / sqrt(2 B) of it; of an end, 0.042 deviations; two samples.
    const ofDeviation = 4 * Math.sqrt(2) * Math.sqrt(1 / (2 * SAMPLES));
    expect(Math.abs(standardDeviation(difference.deltas) / sd - 1)).toBeLessThan(ofDeviation);
    const ends = [difference.deltas, literal.map((value) => value - centre)].map((values) =>
      values.toSorted(),
    );
    const ofEnd = (4 * Math.sqrt(2) * Math.sqrt((0.025 * 0.975) / SAMPLES)) / 0.0584;
    for (const q of [0.025, 0.975])
      expect(Math.abs(quantile(ends[0]!, q) - quantile(ends[1]!, q)) / sd).toBeLessThan(ofEnd);
  });
});

/** Scores as probabilities, in the same order. */
function withChances(scored: ReturnType<typeof scoredOf>): ReturnType<typeof scoredOf> {
  const scores = Float64Array.from(scored.scores, (score) => 1 / (1 + Math.exp(-score)));
  return { ...scored, scores };
}
