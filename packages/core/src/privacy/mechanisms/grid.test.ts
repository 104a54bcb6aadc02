import fc from "fast-check";
import { expect, test } from "vitest";
import { exact } from "./exact.fixture.ts";
import { gridStepOf, ontoGrid } from "./grid.ts";

const step = fc.oneof(
  fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
  fc.constantFrom(0.1, 1 / 3, 2 ** -32, 1e-9),
);

test("the step of a deviation is its 2^bits-th part", () => {
  expect(gridStepOf(3, 32)).toBe(3 / 4294967296);
  expect(gridStepOf(0.7, 0)).toBe(0.7);
});

test("values are truncated towards zero", () =>
  expect([...ontoGrid(Float64Array.of(-2.9, -1, -0.4, 0, 0.4, 1, 2.9, -0), 1)]).toEqual([
    -2, -1, 0, 0, 0, 1, 2, 0,
  ]));

test("an integer times the step, worked out exactly, is at most one step nearer to zero, and never farther", () => {
  fc.assert(
    fc.property(
      step,
      fc.oneof(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: -1e9, max: 1e9 }).map((k) => ({ k })),
      ),
      fc.constantFrom(0, -1, 1),
      (size, place, ulps) => {
        // Multiples of the step and their neighbours, where a quotient rounds to an integer.
        const at = typeof place === "number" ? place : place.k * size;
        const value = at * (1 + ulps * 2 ** -52);
        const [integer] = ontoGrid(Float64Array.of(value), size);
        expect(Number.isInteger(integer)).toBe(true);
        const [reached, goal] = [BigInt(Math.abs(integer!)) * exact(size), exact(Math.abs(value))];
        expect(reached <= goal).toBe(true);
        if (Math.abs(integer!) < 2 ** 52) expect(goal - reached <= exact(size)).toBe(true);
        if (integer !== 0) expect(Math.sign(integer!)).toBe(Math.sign(value));
      },
    ),
    { numRuns: 2000 },
  );
});

test("a quotient that rounds up to an integer does not count: the float 0.1 is more than a tenth", () => {
  for (const [value, size, rounded] of [
    [0.5, 0.1, 5],
    [0.3, 0.01, 30],
    [0.9, 0.05, 18],
  ] as const) {
    expect(value / size).toBe(rounded);
    expect([...ontoGrid(Float64Array.of(value, -value), size)]).toEqual([rounded - 1, 1 - rounded]);
  }
  // Between 2^52 and 2^53 quotients have no fractions, and beyond that not even all integers.
  const [large, larger] = ontoGrid(Float64Array.of(2 ** 54 - 1, 1e300), 3);
  expect(BigInt(large!)).toBe((2n ** 54n - 1n) / 3n);
  expect(3n * BigInt(larger!) <= BigInt(1e300)).toBe(true);
  expect(larger).toBeGreaterThan(1e300 / 3.0000001);
});

test("float32 values, and an array given to write into", () => {
  const values = Float64Array.of(0.5, -0.25);
  expect(ontoGrid(values, 0.125, values)).toBe(values);
  expect([...values]).toEqual([4, -2]);
  expect([...ontoGrid(Float32Array.of(0.1), 2 ** -30)]).toEqual([107374184]);
});

test("what is not finite is refused, and steps that are none", () => {
  for (const bad of [NaN, Infinity, -Infinity])
    expect(() => ontoGrid(Float64Array.of(1, bad), 1)).toThrow(
      expect.objectContaining({
        code: "UPDATE_INVALID",
        message: expect.stringContaining(`the value at 1 is ${bad}`) as string,
      }),
    );
  for (const size of [0, -1, NaN, Infinity])
    expect(() => ontoGrid(Float64Array.of(1), size)).toThrow(`a step of ${size} is no distance`);
  expect(() => ontoGrid(Float64Array.of(1e300), 1e-300)).toThrow("is beyond all numbers");
});
