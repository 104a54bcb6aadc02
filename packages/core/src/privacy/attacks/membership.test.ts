import { expect, test } from "vitest";
import { normal, streamOf } from "../../random/index.ts";
import { membershipOf } from "./membership.ts";

/** Scores of two normals of deviation 1 at a distance. */
function scoresAt(distance: number, seed: number, count = 5000) {
  const stream = streamOf(seed, "scores");
  const draw = (mean: number) => Float64Array.from({ length: count }, () => mean + normal(stream));
  return { members: draw(distance), nonMembers: draw(0) };
}

const report = (distance: number, seed: number, delta = 0) =>
  membershipOf(scoresAt(distance, seed), { delta, stream: streamOf(seed, "halves") });

test("two normals at distance 2: accuracy Phi(1), and the true positives that few false ones allow", () => {
  const { auc, accuracy, tprAt, members, nonMembers } = report(2, 1);
  expect([members, nonMembers]).toEqual([5000, 5000]);
  // scipy.stats.norm: cdf(sqrt 2), cdf(1), sf(isf(0.01) - 2), sf(isf(0.001) - 2)
  expect(Math.abs(auc.value - 0.9213503964748574)).toBeLessThan(0.011);
  expect(Math.abs(accuracy.value - 0.8413447460685429)).toBeLessThan(0.018);
  expect(accuracy.low).toBeLessThan(0.8413447460685429);
  expect(accuracy.high).toBeGreaterThan(0.8413447460685429);
  // The threshold itself is that of 50 and of 5 non-members: the wider share moves with it.
  expect(Math.abs(tprAt[0]!.value - 0.3720806162309452)).toBeLessThan(0.08);
  expect(Math.abs(tprAt[1]!.value - 0.13783148484410987)).toBeLessThan(0.11);
  expect(tprAt.map(({ fpr }) => fpr)).toEqual([0.01, 0.001]);
});

test("its epsilon stays below what any threshold could show, and is above zero", () => {
  // sup over thresholds of ln TPR / FPR is unbounded for normals; at 1 / 2500 of false ones it is ln 231.
  const { epsilon } = report(2, 2);
  expect(epsilon).toBeGreaterThan(2);
  expect(epsilon).toBeLessThan(Math.log(231));
});

test("scores without a difference: nothing is claimed, and intervals hold one half", () => {
  const [aucHolds, accuracyHolds, bounds] = [[], [], []] as [boolean[], boolean[], number[]];
  for (let seed = 0; seed < 60; seed++) {
    const { auc, accuracy, epsilon } = membershipOf(scoresAt(0, seed, 200), {
      delta: 0,
      stream: streamOf(seed, "halves"),
    });
    aucHolds.push(auc.low <= 0.5 && 0.5 <= auc.high);
    accuracyHolds.push(accuracy.low <= 0.5 && 0.5 <= accuracy.high);
    bounds.push(epsilon);
  }
  // 57 of 60 are expected to hold; fewer than 52 do with a chance below 1 %.
  expect(aucHolds.filter(Boolean).length).toBeGreaterThanOrEqual(52);
  expect(accuracyHolds.filter(Boolean).length).toBeGreaterThanOrEqual(52);
  expect(bounds.filter((bound) => bound > 0).length).toBeLessThanOrEqual(8);
});

test("a larger delta leaves less to claim; the same stream gives the same report", () => {
  expect(report(1.5, 4, 0.05).epsilon).toBeLessThan(report(1.5, 4).epsilon);
  expect(report(1.5, 4)).toEqual(report(1.5, 4));
});

test("too few rows are refused", () => {
  const one = Float64Array.of(1);
  expect(() =>
    membershipOf({ members: one, nonMembers: one }, { delta: 0, stream: streamOf(1) }),
  ).toThrow(RangeError);
});
