import fc from "fast-check";
import { expect, test } from "vitest";
import { combine } from "./combine.ts";
import { updates } from "./updates.fixture.ts";

test("by hand: 0.25 (1, 2) + 0.75 (5, -2)", () => {
  expect([...combine([0.25, 0.75], [Float32Array.of(1, 2), Float64Array.of(5, -2)])]).toEqual([
    4, -1,
  ]);
});

test("one vector of weight 1 stays as it is, to the bit", () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (values) => {
      // -0 and 0 are the same number.
      expect([...combine([1], [values])]).toEqual([...values].map((value) => value + 0));
    }),
  );
});

test("sums are made in doubles: a thousand floats of 0.1 beside 2^24", () => {
  const tenths = Array.from({ length: 1000 }, () => Float32Array.of(0.1));
  const sum = combine(new Float64Array(1001).fill(1), [Float32Array.of(2 ** 24), ...tenths]);
  expect(sum[0]).toBeCloseTo(2 ** 24 + 1000 * Math.fround(0.1), 6);
});

test("a vector of weight 0 is not read: what a client left out sent cannot spoil the sum", () => {
  expect([...combine([0, 2], [Float64Array.of(NaN), Float64Array.of(3)])]).toEqual([6]);
});

test("what it was given is not changed", () => {
  fc.assert(
    fc.property(updates, (list) => {
      const before = structuredClone(list);
      combine(
        list.map((_, k) => k / 3),
        list,
      );
      expect(list).toEqual(before);
    }),
  );
});

test("weights and vectors that do not pair up are refused", () => {
  expect(() => combine([1], [])).toThrow(/1 weights for 0 vectors/);
});
