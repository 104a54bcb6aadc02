import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clip, clipFactor, normOf, type NamedArrays } from "./clip.ts";
import { exact, exactSquares } from "./exact.fixture.ts";

const LEAST = 5e-324;
const LEAST_SINGLE = 2 ** -149;

describe("the norm", () => {
  test("of values whose norm is an integer, over all arrays", () => {
    expect(normOf({ a: Float64Array.of(3, 4) })).toBe(5);
    expect(normOf({ a: Float32Array.of(2, -3), b: Float64Array.of(6) })).toBe(7);
    expect(normOf({})).toBe(0);
    expect(normOf({ a: new Float32Array(4) })).toBe(0);
  });

  test("neither overflows nor vanishes", () => {
    expect(normOf({ a: Float64Array.of(3e300, 4e300) })).toBeCloseTo(5e300, -287);
    expect(normOf({ a: Float64Array.of(3 * 2 ** 1000), b: Float64Array.of(4 * 2 ** 1000) })).toBe(
      5 * 2 ** 1000,
    );
    expect(normOf({ a: Float64Array.of(3 * LEAST, 4 * LEAST) })).toBe(5 * LEAST);
    expect(normOf({ a: Float32Array.of(3 * LEAST_SINGLE, 4 * LEAST_SINGLE) })).toBe(
      5 * LEAST_SINGLE,
    );
  });

  test("does not lose many small values beside a large one", () => {
    const values = new Float64Array(1_000_001).fill(1);
    values[0] = 2 ** 27;
    // Every 1 by itself is lost in 2^54 + 1.
    expect(normOf({ values })).toBe(Math.sqrt(2 ** 54 + 1e6));
  });

  test("is that of exact arithmetic to one unit in the last place", () => {
    const magnitude = fc.double({ min: -1074, max: 1000, noNaN: true });
    const values = fc.array(fc.tuple(magnitude, fc.double({ min: -1, max: 1, noNaN: true })), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(values, fc.boolean(), (parts, close) => {
        const array = Float64Array.from(parts, ([m, x]) => x * 2 ** (close ? m / 20 : m));
        const norm = normOf({ array });
        const squares = exactSquares(array);
        const bits = new DataView(new ArrayBuffer(8));
        bits.setFloat64(0, norm);
        bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
        const [unit, size] = [exact(bits.getFloat64(0)) - exact(norm), exact(norm)];
        expect((size + unit) ** 2n >= squares).toBe(true);
        expect(size === 0n || (size - unit) ** 2n <= squares).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("refuses what is not finite, with the array's name", () => {
    for (const bad of [NaN, Infinity, -Infinity])
      expect(() =>
        normOf({ fine: Float64Array.of(1), "dense/w": Float32Array.of(0, bad) }),
      ).toThrow(
        expect.objectContaining({
          code: "UPDATE_INVALID",
          message: expect.stringContaining(`array "dense/w" holds ${bad} at 1`) as string,
        }),
      );
  });
});

test("the factor is 1 up to the bound, and the bound over the norm beyond it", () => {
  expect(clipFactor(0, 2)).toBe(1);
  expect(clipFactor(2, 2)).toBe(1);
  expect(clipFactor(8, 2)).toBe(0.25);
  expect(clipFactor(1e300, Infinity)).toBe(1);
  for (const bound of [0, -1, NaN])
    expect(() => clipFactor(1, bound)).toThrow(`a bound of ${bound} is not positive`);
  expect(() => clipFactor(NaN, 1)).toThrow("a norm of NaN is no norm");
});

describe("clipping", () => {
  const size = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true, max: 2 ** 120, min: -(2 ** 120) }),
    fc.constantFrom(LEAST_SINGLE, 3 * LEAST_SINGLE, 2 ** -126, 0, 1, -1 / 3, 1e30),
  );
  const arrays = fc.tuple(
    fc.array(size, { maxLength: 6 }).map((values) => Float32Array.from(values)),
    fc.array(size, { maxLength: 6 }).map((values) => Float64Array.from(values, (x) => x * (2 / 3))),
  );
  const bound = fc.oneof(
    fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    fc.double({ min: 2 ** -160, max: 2 ** 100, noNaN: true }),
    fc.constantFrom(LEAST_SINGLE, 1e-45, 1, 0.1),
  );

  test("leaves a norm of at most the bound in exact arithmetic, whatever rounding does", () => {
    fc.assert(
      fc.property(
        arrays,
        bound,
        fc.constantFrom("flat" as const, "per-layer" as const),
        ([a, b], c, clipping) => {
          const given: NamedArrays = { a, b };
          const before = { a: a.slice(), b: b.slice() };
          const norms = Object.values(before).map((values) => normOf({ values }));
          const within = clip(given, { bound: c, clipping });
          expect(exactSquares([...a, ...b]) <= exact(c) ** 2n).toBe(true);
          if (clipping === "per-layer")
            for (const values of [a, b])
              expect(2n * exactSquares(values) <= exact(c) ** 2n).toBe(true);
          if (within) expect(given).toEqual(before);
          const share = clipping === "flat" ? c : c / Math.SQRT2;
          const longest = clipping === "flat" ? normOf(before) : Math.max(...norms);
          if (longest < share * (1 - 2 ** -40)) expect(within).toBe(true);
          if (longest > share * (1 + 2 ** -40)) expect(within).toBe(false);
          // A second time it has nothing to do.
          const once = { a: a.slice(), b: b.slice() };
          expect(clip(given, { bound: c, clipping })).toBe(true);
          expect(given).toEqual(once);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("keeps the direction and comes within rounding of the bound", () => {
    const values = Float32Array.of(3e5, -4e5, 0, 12e5);
    expect(clip({ values }, { bound: 0.65 })).toBe(false);
    expect(normOf({ values })).toBeCloseTo(0.65, 6);
    [0.15, -0.2, 0, 0.6].forEach((x, i) => expect(values[i]).toBeCloseTo(x, 6));
    const doubles = Float64Array.of(3, 4);
    clip({ doubles }, { bound: 1 });
    expect(normOf({ doubles })).toBeCloseTo(1, 14);
  });

  test("per layer scales each array to its share alone", () => {
    const given = { long: Float64Array.of(30, 40), short: Float64Array.of(0.3, 0.4) };
    expect(clip(given, { bound: Math.SQRT2, clipping: "per-layer" })).toBe(false);
    expect([...given.short]).toEqual([0.3, 0.4]);
    expect(given.long[0]).toBeCloseTo(0.6, 12);
    expect(given.long[1]).toBeCloseTo(0.8, 12);
  });

  test("without a bound changes nothing, and still refuses what is not finite", () => {
    const values = Float64Array.of(1e308, 1e308, 1e308, 1e308);
    expect(clip({ values }, { bound: Infinity })).toBe(true);
    expect([...values]).toEqual([1e308, 1e308, 1e308, 1e308]);
    expect(() => clip({ values: Float64Array.of(NaN) }, { bound: Infinity })).toThrow("holds NaN");
  });
});
