import fc from "fast-check";
import { expect, test } from "vitest";
import { seededBytes } from "./bytes.fixture.ts";
import { discreteGaussian } from "./discrete-gaussian.ts";
import { ontoGrid } from "./grid.ts";
import { addModular, decodeModular, encodeModular } from "./modular.ts";

const bits = fc.integer({ min: 2, max: 32 });

test("a sum of encoded vectors decodes to the sum on the grid, wherever that fits", () => {
  const vectors = fc.array(
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(
      vectors,
      bits,
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (given, size, scale) => {
        // Six vectors of ones reach the largest integer of the modulus, and not beyond it.
        const step = (6 * scale) / (2 ** (size - 1) - 1);
        const sum = new Int32Array(3);
        const expected = new Float64Array(3);
        for (const vector of given) {
          const values = Float64Array.from(vector, (x) => x * scale);
          addModular(sum, encodeModular(values, { step, bits: size }), size);
          ontoGrid(values, step).forEach((integer, i) => (expected[i]! += integer));
        }
        expect([...decodeModular(sum, { step, bits: size })]).toEqual(
          [...expected].map((integer) => integer * step),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("parts may be anything: only their sum has to fit", () => {
  fc.assert(
    fc.property(
      bits,
      fc.array(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), { maxLength: 5 }),
      (size, parts) => {
        const half = 2 ** (size - 1);
        const target = half - 1;
        // The last part brings the sum to the largest integer that there is.
        const last = target - parts.reduce((sum, part) => sum + part, 0);
        const sum = new Int32Array(1);
        for (const part of [...parts, last]) {
          const encoded = encodeModular(Float64Array.of(part), { step: 1, bits: size });
          expect(encoded[0]).toBeGreaterThanOrEqual(-half);
          expect(encoded[0]).toBeLessThan(half);
          addModular(sum, encoded, size);
        }
        expect(sum[0]).toBe(target);
      },
    ),
  );
});

test("what does not fit wraps around: 127 + 1 of 8 bits is -128", () => {
  const sum = Int32Array.of(127);
  addModular(sum, Int32Array.of(1), 8);
  expect([...sum]).toEqual([-128]);
  expect([...decodeModular(sum, { step: 0.5, bits: 8 })]).toEqual([-64]);
  // A sum that somebody took without the modulus decodes to the same.
  expect([...decodeModular(Int32Array.of(128), { step: 0.5, bits: 8 })]).toEqual([-64]);
  const full = Int32Array.of(2 ** 31 - 1);
  addModular(full, Int32Array.of(1), 32);
  expect([...full]).toEqual([-(2 ** 31)]);
});

test("noise is added to the integers before they wrap", () => {
  const values = Float64Array.of(0.26, -0.26, 0);
  const addNoise = discreteGaussian(seededBytes(3), 1000);
  const noise = new Float64Array(3);
  discreteGaussian(seededBytes(3), 1000)(noise);
  const encoded = encodeModular(values, { step: 0.1, bits: 8, addNoise });
  const centred = (x: number) => ((((x + 128) % 256) + 256) % 256) - 128;
  expect([...encoded]).toEqual([2, -2, 0].map((integer, i) => centred(integer + noise[i]!)));
});

test("what has no integers is refused", () => {
  expect(() => encodeModular(Float64Array.of(1e30), { step: 1, bits: 16 })).toThrow(
    /the value at 0 is 9\.9+7e\+29 steps, beyond 2\^53; clip it first/,
  );
  expect(() => encodeModular(Float64Array.of(NaN), { step: 1, bits: 16 })).toThrow(
    expect.objectContaining({ code: "UPDATE_INVALID" }),
  );
  for (const size of [0, 33, 1.5])
    expect(() => decodeModular(new Int32Array(1), { step: 1, bits: size })).toThrow(
      `integers modulo 2^${size}: bits are 1 to 32`,
    );
  expect(() => addModular(new Int32Array(2), new Int32Array(1), 8)).toThrow(
    "1 values do not add to 2 of the sum",
  );
});
