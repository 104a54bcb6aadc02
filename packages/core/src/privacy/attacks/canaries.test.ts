import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf, uniform } from "../../random/index.ts";
import fixtures from "./__fixtures__/attacks.json" with { type: "json" };
import { canaryBound, guessCanaries, oneRunBound, oneRunChance } from "./canaries.ts";

/* Expected numbers: benchmarks/reference/attacks.py, mpmath at 50 digits. */

test("the chance of so many right guesses under a promise", () => {
  for (const [m, guesses, correct, epsilon, delta, expected] of fixtures.oneRunChance) {
    const run = { canaries: m!, guesses: guesses!, correct: correct! };
    expect(Math.abs(oneRunChance(run, epsilon!, delta!) / expected! - 1)).toBeLessThan(1e-11);
  }
});

test("the bound is where that chance is what the confidence leaves", () => {
  for (const [m, guesses, correct, delta, confidence, expected] of fixtures.oneRunBound) {
    const run = { canaries: m!, guesses: guesses!, correct: correct! };
    const bound = oneRunBound(run, { delta: delta!, confidence: confidence! });
    expect(Math.abs(bound - expected!)).toBeLessThan(1e-10 * Math.max(1, expected!));
  }
});

test.each([
  // Printed in arXiv 2305.08846: appendix D and section 7, to three decimals (the last is cut, not rounded).
  { canaries: 1000, guesses: 100, correct: 75, delta: 1e-4, printed: 0.673 },
  { canaries: 100_000, guesses: 1510, correct: 1439, delta: 1e-5, printed: 2.675 },
])("the paper's own numbers: $correct of $guesses", ({ delta, printed, ...run }) => {
  const bound = oneRunBound(run, { delta, confidence: 0.95 });
  expect(Math.abs(bound - printed)).toBeLessThan(1e-3);
});

test("all right of r: e^eps / (1 + e^eps) to the power r is what is left", () => {
  for (const guesses of [5, 20, 200]) {
    const bound = oneRunBound(
      { canaries: 200, guesses, correct: guesses },
      { delta: 0, confidence: 0.95 },
    );
    const p = 0.05 ** (1 / guesses);
    expect(bound).toBeCloseTo(Math.log(p / (1 - p)), 8);
  }
});

test("half right says nothing, and more right, a smaller delta or less confidence never says less", () => {
  const bound = (correct: number, delta: number, confidence: number) =>
    oneRunBound({ canaries: 120, guesses: 60, correct }, { delta, confidence });
  expect(bound(30, 0, 0.95)).toBe(0);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 59 }), fc.constantFrom(0, 1e-6, 1e-3), (v, delta) => {
      expect(bound(v + 1, delta, 0.95)).toBeGreaterThanOrEqual(bound(v, delta, 0.95));
      expect(bound(v, delta / 2, 0.95)).toBeGreaterThanOrEqual(bound(v, delta, 0.95));
      expect(bound(v, delta, 0.9)).toBeGreaterThanOrEqual(bound(v, delta, 0.95));
    }),
    { numRuns: 60 },
  );
});

test("guesses are the two ends of the scores", () => {
  const scores = Float64Array.of(0.1, 5, -2, 3, -7, 0);
  const isIn = Uint8Array.of(1, 1, 0, 0, 0, 1);
  // In: 1 and 3; out: 2 and 4. Only 3 is wrong.
  expect(guessCanaries(scores, isIn, 4)).toEqual({ canaries: 6, guesses: 4, correct: 3 });
  expect(guessCanaries(scores, isIn, 6)).toEqual({ canaries: 6, guesses: 6, correct: 4 });
});

test("randomised response: the bound passes its epsilon in no more runs than the confidence leaves", () => {
  // Each canary's bit is told truly with chance e^eps / (1 + e^eps): private at eps, and nothing is tighter.
  const epsilon = 1;
  const p = 1 / (1 + Math.exp(-epsilon));
  const stream = streamOf(1, "randomised response");
  let above = 0;
  let sum = 0;
  const runs = 400;
  for (let run = 0; run < runs; run++) {
    const isIn = Uint8Array.from({ length: 400 }, () => Number(uniform(stream) < 0.5));
    const scores = Float64Array.from(isIn, (bit) => (uniform(stream) < p ? bit : 1 - bit));
    const bound = canaryBound(scores, isIn, { delta: 0, confidence: 0.95 }).epsilon;
    if (bound > epsilon) above += 1;
    sum += bound;
  }
  // Twenty runs are expected at most; more than 33 happen with a chance below 0.3 %.
  expect(above).toBeLessThanOrEqual(33);
  // And it is not empty: with 400 guesses, 0.73 +- 0.02 right, it comes near the truth.
  expect(sum / runs).toBeGreaterThan(0.6);
});

test("impossible counts are refused", () => {
  expect(() => oneRunChance({ canaries: 5, guesses: 6, correct: 1 }, 1, 0)).toThrow(RangeError);
});
