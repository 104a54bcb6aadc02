import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { addLaplace, multiplied, orthogonalMatrix, transposed } from "./p2fcdr-mapping.ts";

test("a random mapping is orthogonal: turned back by its transpose, vectors are as they were", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (size, seed) => {
      const matrix = orthogonalMatrix(size, streamOf(seed));
      const rows = Float32Array.from({ length: 3 * size }, (_, i) => Math.sin(i + seed));
      const back = multiplied(multiplied(rows, matrix, size), transposed(matrix, size), size);
      back.forEach((value, i) => expect(value).toBeCloseTo(rows[i]!, 5));
    }),
  );
});

test("Laplace noise has mean 0 and variance 2 scale^2, and scale 0 changes nothing", () => {
  const count = 100_000;
  const values = new Float32Array(count);
  addLaplace(values, 0, streamOf(1));
  expect(values.every((value) => value === 0)).toBe(true);
  addLaplace(values, 0.7, streamOf(1));
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const square = values.reduce((sum, value) => sum + value * value, 0) / count;
  // Variances of x and x^2 are 2 s^2 and 20 s^4.
  expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt((2 * 0.7 ** 2) / count));
  expect(Math.abs(square - 2 * 0.7 ** 2)).toBeLessThan(5 * Math.sqrt((20 * 0.7 ** 4) / count));
});
