import fc from "fast-check";
import { describe, expect, test } from "vitest";
import fixture from "./__fixtures__/mechanisms.json" with { type: "json" };
import { seededBytes } from "./bytes.fixture.ts";
import { chiSquareRatio } from "./chi-square.fixture.ts";
import { exact } from "./exact.fixture.ts";
import { discreteGaussian, rejection } from "./discrete-gaussian.ts";

const COUNT = 300_000;

describe.each(fixture.discreteGaussian)(
  "sigma = $numerator / $denominator",
  ({ numerator, denominator, probabilities, variance }) => {
    const integers = new Float64Array(COUNT);
    discreteGaussian(
      seededBytes(numerator),
      denominator === 1 ? numerator : { numerator, denominator },
    )(integers);

    test("integers come as often as mpmath says", () => {
      const reach = probabilities.length - 1;
      const observed = new Float64Array(2 * reach + 1);
      for (const integer of integers) observed[integer + reach]!++;
      const expected = observed.map((_, i) => COUNT * probabilities[Math.abs(i - reach)]!);
      expect(observed.reduce((sum, count) => sum + count)).toBe(COUNT);
      expect(chiSquareRatio(observed, expected)).toBeLessThan(1);
    });

    test("mean and variance are those of the law", () => {
      const mean = integers.reduce((sum, x) => sum + x, 0) / COUNT;
      const spread = integers.reduce((sum, x) => sum + x * x, 0) / COUNT;
      expect(Math.abs(mean)).toBeLessThan(4.5 * Math.sqrt(variance / COUNT));
      // Fourth moments are at most 4 variances squared here.
      expect(Math.abs(spread / variance - 1)).toBeLessThan(4.5 * Math.sqrt(3.7 / COUNT));
    });
  },
);

test.each([2 ** 20, 2 ** 40, { numerator: 10 ** 15 + 1, denominator: 1000 }])(
  "a large sigma, %o, is as the normal distribution: variance, and shares within 1 and 2 deviations",
  (sigma) => {
    const integers = new Float64Array(50_000);
    discreteGaussian(seededBytes(4), sigma)(integers);
    const size = typeof sigma === "number" ? sigma : sigma.numerator / sigma.denominator;
    const share = (bound: number) =>
      integers.filter((x) => Math.abs(x) < bound * size).length / integers.length;
    expect(Math.abs(share(1) - 0.6826894921)).toBeLessThan(4.5 * Math.sqrt(0.2166 / 50_000));
    expect(Math.abs(share(2) - 0.9544997361)).toBeLessThan(4.5 * Math.sqrt(0.0434 / 50_000));
    const variance = integers.reduce((sum, x) => sum + (x / size) ** 2, 0) / integers.length;
    expect(Math.abs(variance - 1)).toBeLessThan(4.5 * Math.sqrt(2 / 50_000));
    expect(integers.every(Number.isSafeInteger)).toBe(true);
  },
);

test("what decides about a draw is (y - sigma^2 / t)^2 / (2 sigma^2), in integers and in floats", () => {
  // sigma = 7 / 3, t = 3, y = 5: (5 - 49 / 27)^2 / (98 / 9) = (86 / 27)^2 (9 / 98) = 3698 / 3969.
  const { numerator, denominator } = rejection(7, 3, 3)(5).exactly();
  expect(numerator * 3969n).toBe(denominator * 3698n);
  const sigmas = fc.tuple(
    fc.integer({ min: 1, max: 10 ** 9 }),
    fc.integer({ min: 1, max: 10 ** 6 }),
  );
  fc.assert(
    fc.property(sigmas, fc.nat(40), fc.nat(10 ** 6), ([p, q], times, more) => {
      const t = Math.floor(p / q) + 1;
      const { about, error, exactly } = rejection(p, q, t)(t * times + (more % t));
      const ratio = exactly();
      const difference = ratio.numerator * exact(1) - exact(about) * ratio.denominator;
      const off = difference < 0n ? -difference : difference;
      expect(off <= exact(error) * ratio.denominator).toBe(true);
    }),
  );
});

test("draws are added to what is there, and go on where the last ones ended", () => {
  const whole = new Float64Array(100);
  discreteGaussian(seededBytes(6), 7)(whole);
  const add = discreteGaussian(seededBytes(6), 7);
  const [head, tail] = [new Float64Array(60).fill(1000), new Float64Array(40).fill(1000)];
  add(head);
  add(tail);
  expect([...head, ...tail]).toEqual([...whole].map((x) => x + 1000));
});

test("the same sigma in other terms is the same distribution, draw by draw", () => {
  const [one, other] = [new Float64Array(2000), new Float64Array(2000)];
  discreteGaussian(seededBytes(6), 3)(one);
  discreteGaussian(seededBytes(6), { numerator: 21, denominator: 7 })(other);
  expect(one).toEqual(other);
});

test("a sigma that is no ratio of positive integers is refused", () => {
  for (const sigma of [0, -1, 1.5, NaN, Infinity, 2 ** 41])
    expect(() => discreteGaussian(seededBytes(1), sigma)).toThrow(`sigma is ${sigma} / 1; it has`);
  expect(() => discreteGaussian(seededBytes(1), { numerator: 1, denominator: 0 })).toThrow("1 / 0");
});
