import fc from "fast-check";
import { expect, test } from "vitest";
import { fourier } from "./fourier.ts";

const values = fc.integer({ min: 1, max: 7 }).chain((bits) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
    minLength: 2 ** bits,
    maxLength: 2 ** bits,
  }),
);

test("agrees with the definition, and back again times the size, within the stated error", () => {
  fc.assert(
    fc.property(values, (x) => {
      const size = x.length;
      const { forward, inverse, error } = fourier(size);
      const spectrum = {
        real: new Float64Array(size / 2 + 1),
        imaginary: new Float64Array(size / 2 + 1),
      };
      forward(Float64Array.from(x), spectrum);
      const sum = x.reduce((total, value) => total + Math.abs(value), 0);
      // The definition rounds as well.
      const allowed = 2 * error * sum + size * 2e-16 * sum + Number.MIN_VALUE;
      for (let k = 0; k <= size / 2; k++) {
        let [re, im] = [0, 0];
        for (let j = 0; j < size; j++) {
          re += x[j]! * Math.cos((2 * Math.PI * ((j * k) % size)) / size);
          im -= x[j]! * Math.sin((2 * Math.PI * ((j * k) % size)) / size);
        }
        expect(Math.abs(spectrum.real[k]! - re)).toBeLessThanOrEqual(allowed);
        expect(Math.abs(spectrum.imaginary[k]! - im)).toBeLessThanOrEqual(allowed);
      }
      const back = new Float64Array(size);
      inverse(spectrum, back);
      for (let j = 0; j < size; j++)
        expect(Math.abs(back[j]! / size - x[j]!)).toBeLessThanOrEqual(2 * error * sum);
    }),
  );
});

test("one impulse at place 3 of 8 turns once every 8 / 3 frequencies", () => {
  const spectrum = { real: new Float64Array(5), imaginary: new Float64Array(5) };
  fourier(8).forward(Float64Array.of(0, 0, 0, 1, 0, 0, 0, 0), spectrum);
  const root = Math.SQRT1_2;
  const near = (actual: Float64Array, expected: readonly number[]): void =>
    expected.forEach((value, k) => expect(actual[k]).toBeCloseTo(value, 15));
  near(spectrum.real, [1, -root, 0, root, -1]);
  near(spectrum.imaginary, [0, -root, 1, -root, 0]);
});

test("sizes that are no power of two are refused", () => {
  for (const size of [0, 1, 3, 12, NaN])
    expect(() => fourier(size)).toThrow("must be a power of two");
});
