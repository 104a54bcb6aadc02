import { describe, expect, test } from "vitest";
import fixture from "./__fixtures__/mechanisms.json" with { type: "json" };
import { bernoulliExp, inverseE } from "./bernoulli.ts";
import { seededBytes, words } from "./bytes.fixture.ts";
import { wordsOf } from "./words.ts";

const gammaOf = (numerator: number, denominator: number, error: number) => ({
  about: numerator / denominator,
  error,
  exactly: () => ({ numerator: BigInt(numerator), denominator: BigInt(denominator) }),
});

describe.each(fixture.inverseExp)(
  "exp(-$numerator / $denominator)",
  ({ numerator, denominator, value }) => {
    const probability = Number(BigInt(`0x${value}`)) / 2 ** 96;

    // An error of 0.3 leaves most decisions to integers.
    test.each([2 ** -40, 0.3])("is how often it is true, with floats to within %d", (error) => {
      const next = wordsOf(seededBytes(numerator));
      const gamma = gammaOf(numerator, denominator, error);
      const trials = 100_000;
      let seen = 0;
      for (let i = 0; i < trials; i++) if (bernoulliExp(next, gamma)) seen++;
      const spread = Math.sqrt((probability * (1 - probability)) / trials);
      expect(Math.abs(seen / trials - probability)).toBeLessThan(4.5 * spread);
    });

    test("is decided the same by integers alone", () => {
      const [one, other] = [wordsOf(seededBytes(5)), wordsOf(seededBytes(5))];
      for (let i = 0; i < 2000; i++)
        expect(bernoulliExp(one, gammaOf(numerator, denominator, 2 ** -40))).toBe(
          bernoulliExp(other, gammaOf(numerator, denominator, 100)),
        );
    });
  },
);

test("a number that begins as gamma does is drawn on: 1/3 is 0x55555555 55555555 ...", () => {
  const third = 0x55555555;
  const gamma = gammaOf(1, 3, 2 ** -40);
  // Below 1/3: a second trial, with probability 1/6, fails: 2 is even.
  expect(bernoulliExp(words(third, third - 1, 2 ** 31), gamma)).toBe(false);
  expect(bernoulliExp(words(third, third, third, 0, 2 ** 31), gamma)).toBe(false);
  // Beyond 1/3: the first trial fails.
  expect(bernoulliExp(words(third, third + 1), gamma)).toBe(true);
  expect(bernoulliExp(words(third, third, 2 ** 32 - 1), gamma)).toBe(true);
});

test("floats that are off by as much as they may be decide nothing that is not so", () => {
  const third = 0x55555555;
  const high = { ...gammaOf(1, 3, 2 ** -30), about: 1 / 3 + 2 ** -31 };
  const low = { ...high, about: 1 / 3 - 2 ** -31 };
  // One unit beyond 1/3, below what the float says: the first trial fails. And the other way round.
  expect(bernoulliExp(words(third + 1), high)).toBe(true);
  expect(bernoulliExp(words(third - 1, 2 ** 31), low)).toBe(false);
});

test("a gamma that floats do not tell from an integer has the integer part of its ratio", () => {
  // Nearly 2: whether two trials of exp(-1) come first, and their rest, is for the ratio to say.
  const below = {
    about: 2,
    error: 2 ** -40,
    exactly: () => ({ numerator: 2n ** 60n * 2n - 1n, denominator: 2n ** 60n }),
  };
  const above = {
    ...below,
    exactly: () => ({ numerator: 2n ** 60n * 2n + 1n, denominator: 2n ** 60n }),
  };
  // exp(-1) is true where 2 does not divide the first word, and 3 the second: 1, then 1.
  expect(inverseE(words(0, 1))).toBe(true);
  expect(inverseE(words(1))).toBe(false);
  expect(bernoulliExp(words(0, 1, 0, 1, 5), above)).toBe(true);
  // One trial of exp(-1), then a rest of almost 1: likelier than 1 - 2^-28 for k = 1, than 1/2 - 2^-28 for k = 2.
  const almost = 2 ** 32 - 16;
  expect(bernoulliExp(words(0, 1, almost, almost / 2, 2 ** 31), below)).toBe(true);
  expect(bernoulliExp(words(0, 1, almost, 2 ** 31), below)).toBe(false);
});
