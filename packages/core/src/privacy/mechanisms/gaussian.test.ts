import fc from "fast-check";
import { expect, test } from "vitest";
import { seededBytes } from "./bytes.fixture.ts";
import { addGaussian } from "./gaussian.ts";
import { addNormal } from "./normal-on-grid.ts";
import { ontoGrid } from "./grid.ts";

const values = fc.float64Array({
  noNaN: true,
  noDefaultInfinity: true,
  min: -1e6,
  max: 1e6,
  maxLength: 20,
});

test("whatever the values are, multiples of the step come out: the value's own, moved by the noise's", () => {
  fc.assert(
    fc.property(values, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (given, deviation) => {
      const step = deviation / 2 ** 32;
      const noise = new Float64Array(given.length);
      addNormal(noise, 32, seededBytes(7));
      const out = given.slice();
      addGaussian(out, deviation, seededBytes(7));
      out.forEach((value, i) => {
        const integer = Math.round(value / step);
        expect(integer * step).toBe(value);
        expect(integer).toBe(ontoGrid(given, step)[i]! + noise[i]!);
      });
    }),
  );
});

test("a value that is no multiple comes out as the multiple below does: no bit of it is left", () => {
  const deviation = 1.7;
  const step = deviation / 2 ** 32;
  const [one, other] = [Float64Array.of(5 * step), Float64Array.of(5.9999 * step)];
  addGaussian(one, deviation, seededBytes(8));
  addGaussian(other, deviation, seededBytes(8));
  expect(one).toEqual(other);
});

test("mean and deviation of 400,000 draws about 3, with deviation 0.2", () => {
  const out = new Float64Array(400_000).fill(3);
  addGaussian(out, 0.2, seededBytes(9));
  const mean = out.reduce((sum, x) => sum + x, 0) / out.length;
  const variance = out.reduce((sum, x) => sum + (x - 3) ** 2, 0) / out.length;
  expect(Math.abs(mean - 3)).toBeLessThan((5 * 0.2) / Math.sqrt(out.length));
  expect(Math.abs(variance / 0.04 - 1)).toBeLessThan(5 * Math.sqrt(2 / out.length));
});

test("deviation 0 leaves the values as they are, bit for bit, and draws nothing", () => {
  const given = Float64Array.of(0.1, -0, 1e-310, Math.PI);
  const out = given.slice();
  addGaussian(out, 0, () => {
    throw new RangeError("drawn");
  });
  expect(new Uint8Array(out.buffer)).toEqual(new Uint8Array(given.buffer));
});

test("deviations that are none are refused", () => {
  for (const deviation of [-1, NaN, Infinity])
    expect(() => addGaussian(Float64Array.of(1), deviation, seededBytes(1))).toThrow(
      `addGaussian: ${deviation} is no standard deviation`,
    );
});
