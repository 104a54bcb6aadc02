import fc from "fast-check";
import { expect, test } from "vitest";
import { normal, streamOf } from "../../random/index.ts";
import fixtures from "./__fixtures__/attacks.json" with { type: "json" };
import { aucOf, pointAt, rocOf } from "./roc.ts";

test("AUC and DeLong's interval, with ties, as over all pairs", () => {
  // benchmarks/reference/attacks.py
  const { members, nonMembers, value, low, high } = fixtures.delong;
  const auc = aucOf({
    members: Float64Array.from(members),
    nonMembers: Float64Array.from(nonMembers),
  });
  expect(auc.value).toBeCloseTo(value, 12);
  expect(auc.low).toBeCloseTo(low, 12);
  expect(auc.high).toBeCloseTo(high, 12);
});

test("two normals at a distance d have an AUC of Phi(d / sqrt 2), within its interval", () => {
  // Phi(d / sqrt 2) of d = 0, 0.5, 1 and 2: scipy.stats.norm.cdf
  const expected = [
    [0, 0.5],
    [0.5, 0.638163195016454],
    [1, 0.7602499389065233],
    [2, 0.9213503964748574],
  ] as const;
  let squares = 0;
  for (let seed = 0; seed < 20; seed++) {
    const stream = streamOf(seed, "two normals");
    const draw = (mean: number) => Float64Array.from({ length: 4000 }, () => mean + normal(stream));
    for (const [d, phi] of expected) {
      const { value, low, high } = aucOf({ members: draw(d), nonMembers: draw(0) });
      expect(Math.abs(value - phi)).toBeLessThan(0.03);
      squares += ((value - phi) / ((high - low) / (2 * 1.959963984540054))) ** 2;
    }
  }
  // Chi-squared of 80 draws: outside of 45 to 125 with a chance below 0.2 %.
  expect(squares).toBeGreaterThan(45);
  expect(squares).toBeLessThan(125);
});

test("a curve counts ties as one step and ends in (1, 1)", () => {
  const roc = rocOf({
    members: Float64Array.of(3, 2, 2, 0),
    nonMembers: Float64Array.of(2, 1, 0, 0),
  });
  expect([...roc.threshold]).toEqual([Infinity, 3, 2, 1, 0]);
  expect([...roc.tpr]).toEqual([0, 0.25, 0.75, 0.75, 1]);
  expect([...roc.fpr]).toEqual([0, 0, 0.25, 0.5, 1]);
  expect([0, 0.2, 0.25, 0.9].map((most) => pointAt(roc, most))).toEqual([1, 1, 2, 3]);
});

test("the area under the curve is the AUC, and swapping the groups mirrors it", () => {
  const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const scores = { members: Float64Array.from(a), nonMembers: Float64Array.from(b) };
      const { fpr, tpr } = rocOf(scores);
      let area = 0;
      for (let i = 1; i < fpr.length; i++)
        area += ((fpr[i]! - fpr[i - 1]!) * (tpr[i]! + tpr[i - 1]!)) / 2;
      const auc = aucOf(scores).value;
      expect(auc).toBeCloseTo(area, 12);
      const mirrored = aucOf({ members: scores.nonMembers, nonMembers: scores.members });
      expect(mirrored.value).toBeCloseTo(1 - auc, 12);
    }),
  );
});
