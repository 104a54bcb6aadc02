import { expect, test } from "vitest";
import { findingsOf, overlapOf, type DomainSummary } from "./findings.ts";

const textsOf = (summary: Partial<DomainSummary>) =>
  findingsOf({ cosines: [], ...summary }).map(({ text }) => text);

const cosine = (first: string, second: string, mean: number) => ({
  encoders: [first, second] as const,
  mean,
});

test("domains that overlap are named with the number and the way out; those that do not are not", () => {
  expect(
    textsOf({ cosines: [cosine("food", "kitchen", 0.93), cosine("food", "toys", 0.79)] }),
  ).toEqual(["representations of food and kitchen overlap (mean cosine .93): raise cdrd.weight"]);
});

test("the merged encoder may be as near to a domain as it likes, but not far from it", () => {
  expect(
    textsOf({ cosines: [cosine("food", "merged", 0.99), cosine("kitchen", "merged", -0.2)] }),
  ).toEqual([
    "the merged representation has little of kitchen (mean cosine -.20): lower cdrd.temperature or raise cdrd.weight",
  ]);
});

test("domains without a user in common are told; where nobody counted, nothing is", () => {
  expect(textsOf({ commonUsers: 0 })).toEqual([
    expect.stringContaining("no user has training events in two domains"),
  ]);
  expect(textsOf({ commonUsers: 1 })).toEqual([]);
  expect(textsOf({})).toEqual([]);
});

test("60 degrees are near, .8 is overlapping", () => {
  expect([-1, 0.49, 0.5, 0.79, 0.8, 1].map(overlapOf)).toEqual([
    "apart",
    "apart",
    "near",
    "near",
    "overlapping",
    "overlapping",
  ]);
});

test("retired clients are told by the round from which on nobody else did", () => {
  const retired = (byRound: readonly number[]) =>
    textsOf({ retired: { clients: 100, byRound, rounds: 8 } });
  expect(retired([0, 0, 30, 61, 61, 61])).toEqual([
    "61% of clients retired by round 4 of 8: raise privacy.epsilon or lower sampling",
  ]);
  expect(retired([0, 9])).toEqual([]);
  expect(retired([])).toEqual([]);
});

test("augmentation is blamed where validation is worse with it, whichever way is better", () => {
  const augmentation = { users: 5, meanLengthBefore: 10, meanLengthAfter: 12 };
  const effect = { metric: "ndcg@10", higherIsBetter: true, with: 0.11, without: 0.12 };
  expect(textsOf({ augmentation, effect })).toEqual([
    "augmentation lowers validation ndcg@10 from 0.1200 to 0.1100: raise idra.weight or set augmentation none",
  ]);
  expect(textsOf({ augmentation, effect: { ...effect, with: 0.13 } })).toEqual([]);
  expect(
    textsOf({ augmentation, effect: { ...effect, metric: "logloss", higherIsBetter: false } }),
  ).toEqual([]);
  expect(
    textsOf({ augmentation, effect: { ...effect, with: 0.2, higherIsBetter: false } })[0],
  ).toMatch(/raises validation ndcg@10 from 0.1200 to 0.2000/);
});
