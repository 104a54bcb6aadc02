import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { poissonUnits, shuffledUnits } from "./sampling.ts";

/** Chance of a standard normal beyond five deviations: 6e-7. */
const DEVIATIONS = 5;

test("Poisson: sizes and single units have the mean and variance of independent coins", () => {
  const [numUnits, samplingRate, steps] = [400, 0.07, 5000];
  const units = poissonUnits(streamOf(3), { numUnits, samplingRate });
  const into = new Int32Array(numUnits);
  const times = new Float64Array(numUnits);
  let [sum, squares, pairs, previous] = [0, 0, 0, 0];
  for (let step = 0; step < steps; step++) {
    const count = units(step, into);
    const own = new Set(into.subarray(0, count));
    expect(own.size).toBe(count);
    for (const unit of own) times[unit]!++;
    if (own.has(0) && own.has(1)) pairs++;
    sum += count;
    squares += count * count;
    previous = count;
  }
  expect(previous).toBeLessThan(numUnits);
  const mean = numUnits * samplingRate;
  const variance = mean * (1 - samplingRate);
  expect(Math.abs(sum / steps - mean)).toBeLessThan(DEVIATIONS * Math.sqrt(variance / steps));
  const measured = squares / steps - (sum / steps) ** 2;
  expect(Math.abs(measured / variance - 1)).toBeLessThan(DEVIATIONS * Math.sqrt(2 / steps));
  const each = steps * samplingRate;
  for (const count of times)
    expect(Math.abs(count - each)).toBeLessThan(
      (DEVIATIONS + 1) * Math.sqrt(each * (1 - samplingRate)),
    );
  const both = steps * samplingRate ** 2;
  expect(Math.abs(pairs - both)).toBeLessThan(DEVIATIONS * Math.sqrt(both));
});

test("Poisson: a rate of 1 takes everybody, 0 nobody, and steps may be empty", () => {
  const into = new Int32Array(5);
  const count = (samplingRate: number, seed: number) =>
    poissonUnits(streamOf(seed), { numUnits: 5, samplingRate })(0, into);
  expect(count(1, 1)).toBe(5);
  expect([...into]).toEqual([0, 1, 2, 3, 4]);
  expect(count(0, 1)).toBe(0);
  const sizes = Array.from({ length: 60 }, (_, seed) => count(0.2, seed));
  expect(sizes).toContain(0);
});

/** Says these 32-bit integers, then 0. */
const saying = (...draws: number[]) => ({ next: () => draws.shift() ?? 0 });

test("Poisson: 53 bits decide; a rate is rounded down, never up", () => {
  const into = new Int32Array(1);
  const taken = (samplingRate: number, ...draws: number[]) =>
    poissonUnits(saying(...draws), { numUnits: 1, samplingRate })(0, into) === 1;
  const rate = 0.25 + 3 * 2 ** -53;
  expect(taken(rate, 2 ** 30 - 1)).toBe(true);
  expect(taken(rate, 2 ** 30 + 1)).toBe(false);
  expect(taken(rate, 2 ** 30, 2 << 11)).toBe(true);
  expect(taken(rate, 2 ** 30, 3 << 11)).toBe(false);
  // Half a multiple of 2^-53 is nothing.
  expect(taken(2 ** -54, 0, 0)).toBe(false);
  expect(taken(2 ** -53, 0, 0)).toBe(true);
});

test("shuffled: every unit once a pass, in the order of the stream", () => {
  const units = shuffledUnits(streamOf(8), { numUnits: 10, perStep: 4 });
  const into = new Int32Array(10);
  const seen = [0, 1, 2].map((step) => [...into.subarray(0, units(step, into))]);
  expect(seen.map(({ length }) => length)).toEqual([4, 4, 2]);
  expect(seen.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const again = shuffledUnits(streamOf(8), { numUnits: 10, perStep: 4 });
  expect([...into.subarray(0, again(1, into))]).toEqual(seen[1]);
  expect(seen.flat()).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
