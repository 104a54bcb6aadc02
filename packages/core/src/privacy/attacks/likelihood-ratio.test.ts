import { expect, test } from "vitest";
import { normal, shuffle, streamOf } from "../../random/index.ts";
import fixtures from "./__fixtures__/attacks.json" with { type: "json" };
import { likelihoodRatio } from "./likelihood-ratio.ts";
import { aucOf } from "./roc.ts";

const { target, logits, isIn, pooled, own } = fixtures.likelihoodRatio;
const shadows = {
  logits: logits.map((values) => Float64Array.from(values)),
  isIn: isIn.map((values) => Uint8Array.from(values)),
};

test.each([
  ["pooled", "online", pooled.online],
  ["pooled", "offline", pooled.offline],
  ["own", "online", own.online],
  ["own", "offline", own.offline],
] as const)(
  "scores with %s variance, %s, as by scipy's densities",
  (variance, variant, expected) => {
    const scores = likelihoodRatio(Float64Array.from(target), shadows, { variance, variant });
    scores.forEach((score, i) => expect(score).toBeCloseTo(expected[i]!, 11));
  },
);

/** Examples of very different difficulty; training on one raises its logit by `effect`. */
function world(effect: number, numShadows: number) {
  const stream = streamOf(5, "world");
  const size = 4000;
  const difficulty = Float64Array.from({ length: size }, () => 3 * normal(stream));
  const trained = (member: Uint8Array) =>
    difficulty.map((mean, i) => mean + effect * member[i]! + normal(stream));
  const isIn: Uint8Array[] = [];
  for (let k = 0; k < numShadows; k += 2) {
    const order = Int32Array.from({ length: size }, (_, i) => i);
    shuffle(stream, order);
    const half = new Uint8Array(size);
    for (const i of order.subarray(0, size / 2)) half[i] = 1;
    isIn.push(
      half,
      half.map((bit) => 1 - bit),
    );
  }
  const members = Uint8Array.from({ length: size }, (_, i) => i % 2);
  const target = trained(members);
  return { target, members, shadows: { isIn, logits: isIn.map(trained) } };
}

const aucOfScores = (scores: Float64Array, members: Uint8Array) =>
  aucOf({
    members: scores.filter((_, i) => members[i] === 1),
    nonMembers: scores.filter((_, i) => members[i] === 0),
  }).value;

test("with many models it does as well as who knows every example's difficulty: Phi(effect / sqrt 2)", () => {
  const { target, members, shadows: known } = world(1, 64);
  const options = { variance: "pooled", variant: "online" } as const;
  const auc = aucOfScores(likelihoodRatio(target, known, options), members);
  // 0.7602 for exact means; 32 models on a side blur them by 1 in 32 of the variance.
  expect(Math.abs(auc - 0.7602)).toBeLessThan(0.03);
  // A single threshold for all examples, over a spread of sqrt(9 + 1): Phi(1 / sqrt 20) = 0.5885.
  expect(Math.abs(aucOfScores(target, members) - 0.5885)).toBeLessThan(0.03);
});

test("eight models do better than a threshold, online and offline", () => {
  const { target, members, shadows: known } = world(1, 8);
  const threshold = aucOfScores(target, members);
  for (const variant of ["online", "offline"] as const) {
    const scores = likelihoodRatio(target, known, { variance: "pooled", variant });
    expect(aucOfScores(scores, members)).toBeGreaterThan(threshold + 0.1);
  }
});

test("too few models are refused", () => {
  const one = { logits: [Float64Array.of(1, 2)], isIn: [Uint8Array.of(1, 0)] };
  const attack = (variance: "pooled" | "own") =>
    likelihoodRatio(Float64Array.of(0, 0), one, { variance, variant: "online" });
  expect(() => attack("pooled")).toThrow("no model on a side");
  expect(() => attack("own")).toThrow(RangeError);
});
