import { expect, test } from "vitest";
import type { EvaluationExamples } from "../../data/index.ts";
import { scoresOf } from "./scores.ts";

const examples = {
  numRows: 4,
  list: Int32Array.of(0, 0, 0, 1),
} as unknown as EvaluationExamples;

const scorer = (...logits: number[]) => ({
  score: async () => Float64Array.from(logits),
  represent: async () => new Float32Array(0),
  close: async () => {},
});

test("a softmax within each list, of logits however large", async () => {
  const scores = await scoresOf(scorer(1001, 1000, 999, -5), "sampled-softmax")(examples, "food");
  const total = 1 + Math.exp(-1) + Math.exp(-2);
  expect(scores[0]).toBeCloseTo(1 / total, 12);
  expect(scores[2]).toBeCloseTo(Math.exp(-2) / total, 12);
  expect(scores[3]).toBe(1);
});

test("the probability of each by itself where pairs were learned", async () => {
  const scores = await scoresOf(scorer(0, 2, -2, 30), "bce")(examples, "food");
  expect(scores[0]).toBe(0.5);
  expect(scores[1]! + scores[2]!).toBeCloseTo(1, 12);
});

test("what is not finite is an error that names the domain", async () => {
  await expect(scoresOf(scorer(0, NaN, 0, 0), "bce")(examples, "food")).rejects.toThrow(
    'client "food": the model scores what is not finite',
  );
});
