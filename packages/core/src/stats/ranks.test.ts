import fc from "fast-check";
import { describe, expect, test } from "vitest";
import fixtures from "./__fixtures__/ranks.json" with { type: "json" };
import { criticalDifference } from "./critical-difference.ts";
import { friedman, midranks } from "./ranks.ts";

describe("midranks", () => {
  test("are a permutation's ranks, and equal values share theirs", () => {
    expect(midranks([10, 30, 10])).toEqual([1.5, 3, 1.5]);
    expect(midranks([])).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (values) => {
        const ranks = midranks(values);
        const n = values.length;
        // Ranks share out 1 + ... + n, whatever is tied.
        expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo((n * (n + 1)) / 2, 9);
        ranks.forEach((rank, i) => {
          const below = values.filter((value) => value < values[i]!).length;
          const equal = values.filter((value) => value === values[i]!).length;
          expect(rank).toBe(below + (equal + 1) / 2);
        });
      }),
    );
  });
});

describe("Friedman's test", () => {
  test.each(fixtures.friedman)("is SciPy's, as Iman and Davenport's F", ({ places, ranks, p }) => {
    const seen = friedman(places);
    seen.ranks.forEach((rank, j) => expect(rank).toBeCloseTo(ranks[j]!, 12));
    expect(seen.n).toBe(places.length);
    expect(Math.abs(seen.p / p - 1)).toBeLessThan(1e-9);
  });

  test("nothing to tell apart: one place, one method, ties only; the same order everywhere is certain", () => {
    expect(friedman([[3, 2, 1]])).toMatchObject({ ranks: [1, 2, 3], p: 1 });
    expect(friedman([[1], [2]])).toMatchObject({ ranks: [1], p: 1 });
    expect(
      friedman([
        [5, 5],
        [4, 4],
      ]).p,
    ).toBe(1);
    expect(
      friedman([
        [3, 2, 1],
        [9, 8, 7],
      ]).p,
    ).toBe(0);
  });
});

test.each(fixtures.nemenyi)("critical difference of $k methods in $n places is SciPy's", (own) => {
  expect(Math.abs(criticalDifference(own.k, own.n) / own.difference - 1)).toBeLessThan(1e-6);
});

test("critical difference: the numbers printed by Demsar (2006), table 5", () => {
  // His q for 2 to 10 classifiers at 5%.
  const printed = [1.96, 2.343, 2.569, 2.728, 2.85, 2.949, 3.031, 3.102, 3.164];
  printed.forEach((q, i) => {
    const k = i + 2;
    const seen = criticalDifference(k, 30) / Math.sqrt((k * (k + 1)) / (6 * 30));
    expect(Math.abs(seen - q)).toBeLessThan(1.1e-3);
  });
});
