import { expect, test } from "vitest";
import { streamOf, uniform } from "../random/index.ts";
import { valueOf } from "./metrics.laws.ts";
import { scoredOf, type Row } from "./scored.fixture.ts";

test("log loss clips at 1e-7: a certain miss costs -ln 1e-7 = 16.118, a certain hit 1e-7", () => {
  const loss = (label: number, score: number) =>
    valueOf(
      "logloss",
      scoredOf(
        [
          [0, label, score],
          [1, label, score],
        ],
        2,
      ),
    ).value;
  expect(loss(1, 0)).toBeCloseTo(7 * Math.LN10, 10);
  expect(loss(0, 1)).toBeCloseTo(7 * Math.LN10, 8);
  expect(loss(1, 1)).toBeCloseTo(1e-7, 13);
  expect(loss(0, 0.25)).toBeCloseTo(-Math.log(0.75), 14);
});

test("a single-precision score is judged by its own value", () => {
  const scored = scoredOf(
    [
      [0, 1, 0.3],
      [1, 0, 0.3],
    ],
    2,
  );
  const single = Float32Array.of(0.3, 0.3);
  const { value } = valueOf("logloss", { ...scored, scores: single });
  expect(value).toBeCloseTo(-(Math.log(single[0]!) + Math.log(1 - single[0]!)) / 2, 14);
});

test("the base rate as everyone's score has normalised entropy 1; half of it costs more", () => {
  const rows = (score: number) =>
    Array.from({ length: 20 }, (_, i): Row => [i, i % 5 === 0 ? 1 : 0, score]);
  expect(valueOf("ne", scoredOf(rows(0.2), 20)).value).toBeCloseTo(1, 14);
  const cross = -0.2 * Math.log(0.1) - 0.8 * Math.log(0.9);
  const entropy = -0.2 * Math.log(0.2) - 0.8 * Math.log(0.8);
  expect(valueOf("ne", scoredOf(rows(0.1), 20)).value).toBeCloseTo(cross / entropy, 14);
});

test("calibration error by hand: gaps of 0.15 and -0.1 in two bins of 4 and 2 rows", () => {
  const rows: Row[] = [
    // [6/15, 7/15): mean score 0.4, observed 1/4.
    [0, 1, 0.4],
    [0, 0, 0.4],
    [1, 0, 0.4],
    [1, 0, 0.4],
    // [13/15, 14/15): mean score 0.9, observed 1.
    [2, 1, 0.88],
    [2, 1, 0.92],
  ];
  expect(valueOf("ece", scoredOf(rows, 3)).value).toBeCloseTo((4 * 0.15 + 2 * 0.1) / 6, 14);
});

test("errors of both directions inside one bin cancel, across bins they do not", () => {
  const error = (a: number, b: number) =>
    valueOf(
      "ece",
      scoredOf(
        [
          [0, 1, a],
          [1, 0, b],
        ],
        2,
      ),
    ).value;
  expect(error(0.5, 0.5)).toBeCloseTo(0, 14);
  expect(error(0.5, 0.3)).toBeCloseTo((0.5 + 0.3) / 2, 14);
  expect(error(1, 0)).toBe(0);
});

test("true probabilities are calibrated: error below 0.01 over 100,000 rows", () => {
  const stream = streamOf(3, "calibrated");
  const rows = Array.from({ length: 100_000 }, (_, i): Row => {
    const p = uniform(stream);
    return [i % 100, uniform(stream) < p ? 1 : 0, p];
  });
  expect(valueOf("ece", scoredOf(rows, 100)).value).toBeLessThan(0.01);
});
