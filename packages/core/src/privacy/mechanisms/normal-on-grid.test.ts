import fc from "fast-check";
import { describe, expect, test } from "vitest";
import fixture from "./__fixtures__/mechanisms.json" with { type: "json" };
import { seededBytes } from "./bytes.fixture.ts";
import { chiSquareRatio } from "./chi-square.fixture.ts";
import { accept, addNormal } from "./normal-on-grid.ts";
import { wordsOf } from "./words.ts";

/** P(N(0, 1) > z) at multiples of 1/8. */
const tailAt = (z: number): number => fixture.normalTail[Math.round(z * 8)]!;
const COUNT = 4_000_000;

function draws(count: number, bits: number, seed: number): Float64Array {
  const integers = new Float64Array(count);
  addNormal(integers, bits, seededBytes(seed));
  return integers;
}

describe("millions of draws are as the normal distribution, rounded, has them", () => {
  test.each([0, 1, 2])("to %i bits, integer by integer", (bits) => {
    const integers = draws(COUNT / 2, bits, 10 + bits);
    const reach = 8 * 2 ** bits;
    const observed = new Float64Array(2 * reach + 1);
    for (const integer of integers) observed[integer + reach]!++;
    const expected = observed.map((_, i) => {
      const size = Math.abs(i - reach);
      const below = size === 0 ? 1 - tailAt(0.5 / 2 ** bits) : tailAt((size - 0.5) / 2 ** bits);
      return integers.length * (below - tailAt((size + 0.5) / 2 ** bits));
    });
    expect(observed.reduce((sum, count) => sum + count)).toBe(integers.length);
    expect(chiSquareRatio(observed, expected)).toBeLessThan(1);
  });

  test("to 32 bits: eighths, tails beyond 5, moments, neighbours, last bits", () => {
    const integers = draws(COUNT, 32, 20);
    const eighths = new Float64Array(129);
    const lowBits = new Float64Array(256);
    const moments = new Float64Array(8);
    let [neighbours, beyond, before] = [0, 0, 0];
    for (const integer of integers) {
      const z = integer / 2 ** 32;
      eighths[Math.floor(z * 8) + 64]!++;
      lowBits[((integer % 256) + 256) % 256]!++;
      if (Math.abs(z) > 5) beyond++;
      neighbours += z * before;
      before = z;
      for (let k = 0, power = z; k < moments.length; k++, power *= z) moments[k]! += power;
    }
    const expected = eighths.map(
      (_, i) =>
        COUNT *
        (i < 64
          ? tailAt((63 - i) / 8) - tailAt((64 - i) / 8)
          : tailAt((i - 64) / 8) - tailAt((i - 63) / 8)),
    );
    expect(chiSquareRatio(eighths, expected)).toBeLessThan(1);
    expect(
      chiSquareRatio(
        lowBits,
        lowBits.map(() => COUNT / 256),
      ),
    ).toBeLessThan(1);
    // E z^k and E z^2k of the normal distribution; five standard errors.
    const exact = [1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10_395, 0, 135_135, 0, 2_027_025];
    for (let k = 1; k <= moments.length; k++) {
      const error = Math.sqrt((exact[2 * k]! - exact[k]! ** 2) / COUNT);
      expect(Math.abs(moments[k - 1]! / COUNT - exact[k]!)).toBeLessThan(5 * error);
    }
    expect(Math.abs(neighbours / COUNT)).toBeLessThan(5 / Math.sqrt(COUNT));
    // 2.29 are expected; Poisson numbers of this mean are above 11 less than once in 100,000.
    expect(COUNT * 2 * tailAt(5)).toBeCloseTo(2.29, 2);
    expect(beyond).toBeLessThanOrEqual(11);
  });
});

test.each([
  [0, 0.5],
  [5, 0.9],
  [40, 0.3],
  [100, 0.99],
  [255, 0.75],
  [256, 0.25],
  [300, 0.999],
  [700, 0.6],
])("x = %2$d of cell %1$d is taken with probability exp(-x (2j + x) / 512)", (cell, place) => {
  const next = wordsOf(seededBytes(cell + 1));
  const x = Math.floor(place * 2 ** 32);
  const trials = 200_000;
  let taken = 0;
  for (let i = 0; i < trials; i++) {
    if (accept({ cell, x, choice: next() >>> 23 }, next)) taken++;
  }
  const probability = Math.exp((-place * (2 * cell + place)) / 512);
  const error = Math.sqrt((probability * (1 - probability)) / trials);
  expect(Math.abs(taken / trials - probability)).toBeLessThan(4.5 * error);
});

describe("one draw, word by word", () => {
  const HALF = 2 ** 31;
  /** The words in their order, then zeros. */
  const bytesOf = (given: readonly number[]) => (count: number) => {
    const block = new Uint32Array(count / 4);
    block.set(given);
    return new Uint8Array(block.buffer);
  };
  const drawn = (...given: readonly number[]): number => {
    const integers = new Float64Array(1);
    addNormal(integers, 32, bytesOf(given));
    return integers[0]!;
  };
  const choice = (side: number): number => side * 2 ** 23;
  // Of the half line's 2^31 numbers, mpmath's G says which are of cell 20; the last bit is the sign.
  const inCell20 = Number(BigInt(`0x${fixture.cells[20]!}`) >> 161n) - 1;
  const twenty = inCell20 * 2;
  const [at20, at0] = [(20 + 1 / 2) * 2 ** 28, 2 ** 27];
  const zero = (2 ** 31 - 1) * 2;
  const again = [zero, HALF, choice(511)];

  test("beyond side 2j the cell is taken at once, with the sign of the first word", () => {
    expect(drawn(twenty, HALF, choice(41))).toBe(at20);
    expect(drawn(twenty + 1, HALF, choice(41))).toBe(-at20);
    expect(drawn(zero, HALF, choice(1))).toBe(at0);
    expect(drawn(twenty - 2 * 2 ** 26, HALF, choice(511))).toBe(at20 + 2 ** 28);
    expect(drawn(twenty + 4, HALF, choice(511))).toBe(at20 - 2 ** 28);
  });

  test("on side 2j a number below x leads to a run of one, which is odd, and to a fresh draw", () => {
    expect(drawn(twenty, HALF, choice(40), HALF - 1, HALF - 1, 511, ...again)).toBe(at0);
    expect(drawn(twenty, HALF, choice(40), HALF + 1)).toBe(at20);
    expect(drawn(twenty, HALF, choice(40), HALF - 1, HALF + 1)).toBe(at20);
  });

  test("below side 2j a falling run of two is even, one of three is odd", () => {
    const run = [twenty, HALF, choice(39), HALF - 1];
    expect(drawn(...run, 39, HALF - 2, 511)).toBe(at20);
    expect(drawn(...run, 39, HALF - 2, 39, HALF - 3, 511, ...again)).toBe(at0);
    expect(drawn(...run, 39, HALF, ...again)).toBe(at0);
  });

  test("the last place is rounded half up: 16 units of x are one", () => {
    expect(drawn(zero, 7, choice(511))).toBe(0);
    expect(drawn(zero, 8, choice(511))).toBe(1);
    expect(drawn(zero + 1, 23, choice(511))).toBe(-1);
    expect(drawn(zero + 1, 24, choice(511))).toBe(-2);
  });
});

test("the same bytes give the same integers, added to what is there; no byte is used twice", () => {
  const noise = draws(1000, 32, 5);
  const values = Float64Array.from(noise, (_, i) => i * 1000);
  addNormal(values, 32, seededBytes(5));
  expect(values).toEqual(noise.map((z, i) => z + i * 1000));
  expect(new Set(noise).size).toBe(1000);
});

test("draws to fewer bits are those to 32 bits, rounded half up from the continuous number", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 31 }), (seed, bits) => {
      const fine = draws(50, 32, seed);
      const coarse = draws(50, bits, seed);
      coarse.forEach((value, i) =>
        expect(Math.abs(fine[i]! / 2 ** (32 - bits) - value)).toBeLessThanOrEqual(0.5),
      );
    }),
  );
});

test.each([-1, 1.5, 33, NaN])("%d bits are refused", (bits) =>
  expect(() => addNormal(new Float64Array(1), bits, seededBytes(1))).toThrow(
    `addNormal: ${bits} bits are not 0 to 32`,
  ),
);

test("no draws ask for no bytes", () =>
  addNormal(new Float64Array(0), 8, () => {
    throw new RangeError("asked");
  }));
