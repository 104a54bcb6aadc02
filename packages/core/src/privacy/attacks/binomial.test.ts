import fc from "fast-check";
import { expect, test } from "vitest";
import fixtures from "./__fixtures__/attacks.json" with { type: "json" };
import { binomial, binomialTail, chanceOf, clopperPearson } from "./binomial.ts";

/* Expected numbers: benchmarks/reference/attacks.py (mpmath at 50 digits; scipy's beta quantiles). */

const relative = (value: number, expected: number) =>
  expected === 0 ? Math.abs(value) : Math.abs(value / expected - 1);

test("tails of the binomial distribution, to twelve digits", () => {
  for (const [k, n, p, expected] of fixtures.tails)
    expect(relative(binomialTail(k!, n!, chanceOf(p!)), expected!)).toBeLessThan(1e-12);
});

test("intervals of Clopper and Pearson", () => {
  for (const [hits, trials, tail, low, high] of fixtures.clopperPearson) {
    const bounds = clopperPearson(hits!, trials!, tail!);
    expect(relative(bounds.low, low!)).toBeLessThan(1e-10);
    expect(relative(bounds.high, high!)).toBeLessThan(1e-10);
  }
});

test("all terms add up to 1, and a tail is what its terms add up to", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
      fc.integer({ min: 0, max: 200 }),
      (n, p, k) => {
        let [all, above] = [0, 0];
        for (let i = n; i >= 0; i--) {
          const term = binomial(i, n, chanceOf(p));
          all += term;
          if (i >= k) above += term;
        }
        expect(Math.abs(all - 1)).toBeLessThan(1e-12);
        expect(Math.abs(binomialTail(k, n, chanceOf(p)) - above)).toBeLessThan(1e-12);
      },
    ),
  );
});

test("the interval holds the true chance as often as it says, and more", () => {
  // P[truth within] by summing over all outcomes: an exact interval never falls short of 1 - 2 tail.
  for (const p of [0.001, 0.03, 0.2, 0.5, 0.97]) {
    let covered = 0;
    for (let hits = 0; hits <= 60; hits++) {
      const { low, high } = clopperPearson(hits, 60, 0.025);
      if (low <= p && p <= high) covered += binomial(hits, 60, chanceOf(p));
    }
    expect(covered).toBeGreaterThanOrEqual(0.95);
  }
});

test("impossible counts are refused", () => {
  expect(() => clopperPearson(3, 2, 0.025)).toThrow(RangeError);
  expect(() => clopperPearson(0, 0, 0.025)).toThrow(RangeError);
});
