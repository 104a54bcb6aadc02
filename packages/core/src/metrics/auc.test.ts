import * as fc from "fast-check";
import { expect, test } from "vitest";
import { measure } from "./measure.ts";
import { valueOf } from "./metrics.laws.ts";
import { labelledWorld, scoredOf, type Row } from "./scored.fixture.ts";

test("one tie and one inversion among 2 x 3 pairs: AUC (1 + 1 + 1 + 1 + 1/2 + 0) / 6 = 0.75", () => {
  const rows: Row[] = [
    [0, 1, 0.9],
    [1, 0, 0.2],
    [0, 1, 0.4],
    [1, 0, 0.4],
    [1, 0, 0.6],
  ];
  expect(valueOf("auc", scoredOf(rows, 2)).value).toBeCloseTo(4.5 / 6, 14);
});

test("the AUC is the naive count over all pairs, ties half", () => {
  for (let seed = 0; seed < 5; seed++) {
    const rows = labelledWorld(seed, 25);
    let right = 0;
    let pairs = 0;
    for (const [, a, s] of rows)
      for (const [, b, t] of rows)
        if (a === 1 && b === 0) {
          pairs += 1;
          right += s > t ? 1 : s === t ? 0.5 : 0;
        }
    expect(valueOf("auc", scoredOf(rows, 25)).value).toBeCloseTo(right / pairs, 12);
  }
});

test("AUC and GAUC do not change under an increasing map, and turn over under a decreasing one", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rows = labelledWorld(seed, 8);
      const mapped = (f: (score: number) => number) =>
        scoredOf(
          rows.map(([user, label, score]): Row => [user, label, f(score)]),
          8,
        );
      for (const name of ["auc", "gauc", "gauc-positives", "avgauc"]) {
        const { value } = valueOf(name, scoredOf(rows, 8));
        expect(
          valueOf(
            name,
            mapped((score) => Math.exp(5 * score) - 20),
          ).value,
        ).toBe(value);
        expect(
          valueOf(
            name,
            mapped((score) => -(score ** 3)),
          ).value,
        ).toBeCloseTo(1 - value, 12);
      }
    }),
    { numRuns: 30 },
  );
});

test("each influence of the AUC, one row per user, by hand: placements 1, 1/2 against 3/4, 1/2 class shares", () => {
  // Positives .8 and .3, negatives .5 and .1: AUC 3/4; the positives outscore 2 and 1 of 2.
  const rows: Row[] = [
    [0, 1, 0.8],
    [1, 1, 0.3],
    [2, 0, 0.5],
    [3, 0, 0.1],
  ];
  const { influence } = valueOf("auc", scoredOf(rows, 4));
  [0.125, -0.125, -0.125, 0.125].forEach((own, u) => expect(influence[u]).toBeCloseTo(own, 14));
});

test("the three weightings of GAUC by hand: users with one label take no part", () => {
  const rows: Row[] = [
    // AUC 1 of 4 rows, 1 positive.
    [0, 1, 0.9],
    [0, 0, 0.1],
    [0, 0, 0.2],
    [0, 0, 0.3],
    // AUC 1/2 of 3 rows, 2 positives.
    [1, 1, 0.9],
    [1, 0, 0.5],
    [1, 1, 0.1],
    // Positives alone.
    [2, 1, 0.7],
    [2, 1, 0.6],
  ];
  const scored = scoredOf(rows, 3);
  expect(valueOf("gauc", scored).value).toBeCloseTo((4 * 1 + 3 * 0.5) / 7, 14);
  expect(valueOf("gauc-positives", scored).value).toBeCloseTo((1 * 1 + 2 * 0.5) / 3, 14);
  expect(valueOf("avgauc", scored).value).toBeCloseTo(0.75, 14);
  expect([...valueOf("gauc", scored).present]).toEqual([1, 1, 0]);
  const { influence } = valueOf("gauc", scored);
  expect(influence[0]).toBeCloseTo((4 * (1 - 5.5 / 7)) / 7, 14);
  expect(influence[1]).toBeCloseTo((3 * (0.5 - 5.5 / 7)) / 7, 14);
});

test("without both labels there is no AUC, no normalised entropy and no GAUC, and each says why", () => {
  const scored = scoredOf(
    [
      [0, 0, 0.3],
      [1, 0, 0.4],
      [1, 0, 0.2],
    ],
    2,
  );
  const measured = measure(["auc", "ne", "gauc", "logloss"], scored, { ties: "expected" });
  expect(measured["auc"]).toEqual({ kind: "undefined", reason: "all 3 rows have the label 0" });
  expect(measured["ne"]).toEqual({ kind: "undefined", reason: "all 3 rows have the label 0" });
  expect(measured["gauc"]).toEqual({
    kind: "undefined",
    reason: "no user has rows of both labels",
  });
  expect(measured["logloss"]!.kind).toBe("value");
});
