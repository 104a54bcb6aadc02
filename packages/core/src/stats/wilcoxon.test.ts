import fc from "fast-check";
import { describe, expect, test } from "vitest";
import fixtures from "./__fixtures__/ranks.json" with { type: "json" };
import { normalBelow } from "./normal-below.ts";
import { signedRank } from "./wilcoxon.ts";

describe("the signed-rank test", () => {
  test.each(fixtures.wilcoxon)("is SciPy's, and exact with ties: p = $p", (own) => {
    const seen = signedRank(own.differences);
    expect(seen.positive).toBeCloseTo(own.positive, 9);
    expect(seen.n).toBe(own.differences.filter((difference) => difference !== 0).length);
    expect(Math.abs(seen.p / own.p - 1)).toBeLessThan(1e-9);
  });

  test("five differences of one sign are no proof at 5%, six are", () => {
    expect(signedRank([1, 2, 3, 4, 5]).p).toBe(0.0625);
    expect(signedRank([1, 2, 3, 4, 5, 6]).p).toBe(0.03125);
    expect(signedRank([0, 0])).toEqual({ n: 0, positive: 0, p: 1 });
  });

  test("turning all signs turns the rank sum, and leaves p", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 90 }), (differences) => {
        const { n, positive, p } = signedRank(differences);
        const turned = signedRank(differences.map((difference) => -difference));
        expect(turned.positive).toBeCloseTo((n * (n + 1)) / 2 - positive, 9);
        expect(turned.p).toBeCloseTo(p, 12);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test.each(fixtures.normal)("the normal distribution below $z is SciPy's", ({ z, below }) => {
  expect(Math.abs(normalBelow(z) / below - 1)).toBeLessThan(1e-10);
});
