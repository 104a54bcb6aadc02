import { expect, test } from "vitest";
import { normal, streamOf, uniform } from "../../random/index.ts";
import { canaryScores } from "./canary-scores.ts";
import { aucOf } from "./roc.ts";

test("what label and logit explain is taken out, exactly where they explain all", () => {
  const stream = streamOf(1, "explained");
  const before = Float64Array.from({ length: 50 }, () => 2 * normal(stream));
  const labels = Float32Array.from(before, (_, i) => i % 2);
  const after = before.map((x, i) => x + 0.3 - 1.2 * labels[i]! + 0.5 * x - 0.25 * labels[i]! * x);
  for (const score of canaryScores({ before, after, labels }))
    expect(Math.abs(score)).toBeLessThan(1e-7);
});

test("a shift of all canaries of a label hides those that are in, and scores find them again", () => {
  const stream = streamOf(2, "shifted");
  const size = 2000;
  const isIn = Uint8Array.from({ length: size }, () => Number(uniform(stream) < 0.5));
  const labels = Float32Array.from({ length: size }, () => Number(uniform(stream) < 0.7));
  const before = Float64Array.from({ length: size }, () => normal(stream));
  // The rate of ones rises by 3 in the logit; being in is worth 1, with noise of deviation 1 on all.
  const after = before.map((x, i) => x + 3 * (2 * labels[i]! - 1) + isIn[i]! + normal(stream));
  const aucBy = (scores: Float64Array) =>
    aucOf({
      members: scores.filter((_, i) => isIn[i] === 1),
      nonMembers: scores.filter((_, i) => isIn[i] === 0),
    }).value;
  expect(aucBy(after.map((x, i) => x - before[i]!))).toBeLessThan(0.65);
  // Phi(1 / sqrt 2), up to three deviations of 0.011.
  expect(Math.abs(aucBy(canaryScores({ before, after, labels })) - 0.7602)).toBeLessThan(0.033);
});

test("canaries of one label alone have scores as well", () => {
  const scores = canaryScores({
    before: Float64Array.of(0, 1, 2, 3),
    after: Float64Array.of(1, 2, 3, 8),
    labels: new Float32Array(4).fill(1),
  });
  expect(scores.every(Number.isFinite)).toBe(true);
  expect(scores[3]!).toBeGreaterThan(0);
});
