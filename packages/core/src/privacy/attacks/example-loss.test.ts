import { expect, test } from "vitest";
import { exampleLosses, logitOfLoss } from "./example-loss.ts";

test("cross-entropy of each example, over the tasks it knows", () => {
  const one = exampleLosses(Float64Array.of(0.9, 0.2), Float32Array.of(1, 1), 1);
  expect([...one]).toEqual([-Math.log(0.9), -Math.log(0.2)]);
  const two = exampleLosses(
    Float64Array.of(0.9, 0.25, 0.5, 0.125, 0.3, 0.3),
    Float32Array.of(1, 0, 1, -1, -1, -1),
    2,
  );
  expect(two[0]).toBeCloseTo(-Math.log(0.9 * 0.75), 14);
  expect(two[1]).toBeCloseTo(Math.log(2), 14);
  expect(two[2]).toBeNaN();
});

test("a score of exactly 0 or 1 gives a finite loss, and its logit is finite too", () => {
  const losses = exampleLosses(Float64Array.of(1, 0, 1), Float32Array.of(1, 1, 0), 1);
  for (const loss of losses) {
    expect(Number.isFinite(loss)).toBe(true);
    expect(Number.isFinite(logitOfLoss(loss))).toBe(true);
  }
});

test("the logit of a loss is that of its probability", () => {
  for (const p of [0.5, 0.9, 1e-9, 1 - 1e-9])
    expect(logitOfLoss(-Math.log(p))).toBeCloseTo(Math.log(p / (1 - p)), 6);
  expect(logitOfLoss(Math.log(2))).toBe(0);
});
