import * as fc from "fast-check";
import { expect, test } from "vitest";
import { holm } from "./holm.ts";

test("R's p.adjust(c(.01, .02, .03, .04, .005), 'holm') is .04 .06 .06 .06 .025", () => {
  const adjusted = holm([0.01, 0.02, 0.03, 0.04, 0.005]);
  [0.04, 0.06, 0.06, 0.06, 0.025].forEach((p, i) => expect(adjusted[i]).toBeCloseTo(p, 14));
});

test("nothing to adjust, one to adjust, and none above 1", () => {
  expect(holm([])).toEqual([]);
  expect(holm([0.3])).toEqual([0.3]);
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
});

test("it rejects what the step-down procedure rejects, and is at least p and at most Bonferroni", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(pValues, (p) => {
      const adjusted = holm(p);
      const sorted = p.toSorted((a, b) => a - b);
      const firstKept = sorted.findIndex((own, i) => own * (p.length - i) >= 0.05);
      const rejected = firstKept < 0 ? p.length : firstKept;
      expect(adjusted.filter((own) => own < 0.05)).toHaveLength(rejected);
      p.forEach((own, i) => {
        expect(adjusted[i]).toBeGreaterThanOrEqual(own);
        expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p.length * own));
      });
    }),
  );
});
