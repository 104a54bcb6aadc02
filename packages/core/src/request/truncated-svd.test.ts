import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normal, streamOf } from "../random/index.ts";
import reference from "./__fixtures__/request.json" with { type: "json" };
import { textIndex, truncatedSvd } from "./index.ts";
import { gramMatrix, orthonormalise } from "./orthonormal.ts";

const titles = textIndex(reference.titles);
const dimensions = reference.singularValues.length;

test("singular values and coordinates are those of NumPy, from whatever start", () => {
  for (const seed of [1, 2, 3]) {
    const svd = truncatedSvd(titles, { dimensions, random: streamOf(seed) });
    reference.singularValues.forEach((value, k) =>
      expect(svd.singularValues[k]).toBeCloseTo(value, 6),
    );
    reference.coordinates
      .flat()
      .forEach((value, at) => expect(svd.coordinates[at]).toBeCloseTo(value, 6));
  }
});

test("the same stream gives the same bits", () => {
  const once = () => truncatedSvd(titles, { dimensions: 3, random: streamOf(7) });
  expect(once()).toEqual(once());
});

test("a narrow subspace nears the leading values iteration by iteration", () => {
  const random = streamOf(1, "rows");
  const [numItems, numTerms] = [60, 40];
  const entries = numItems * numTerms;
  // Singular values fall off: column t is scaled by 0.9^t.
  const matrix = {
    numItems,
    numTerms,
    offsets: Int32Array.from({ length: numItems + 1 }, (_, item) => item * numTerms),
    terms: Int32Array.from({ length: entries }, (_, e) => e % numTerms),
    weights: Float64Array.from(
      { length: entries },
      (_, e) => normal(random) * 0.9 ** (e % numTerms),
    ),
  };
  const valuesOf = (iterations: number, oversampling: number) =>
    truncatedSvd(matrix, { dimensions: 4, random: streamOf(2), oversampling, iterations })
      .singularValues;
  const exact = valuesOf(0, 40);
  const errors = [0, 2, 30].map((iterations) =>
    Math.max(...valuesOf(iterations, 4).map((value, k) => Math.abs(1 - value / exact[k]!))),
  );
  expect(errors[1]).toBeLessThan(errors[0]! / 5);
  expect(errors[2]).toBeLessThan(1e-9);
});

test("of any matrix, the columns become orthonormal or, where they hang on others, zero", () => {
  const value = fc.integer({ min: -3, max: 3 });
  const columns = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 }))
    .chain(([rows, width]) =>
      fc
        .array(value, { minLength: rows * width, maxLength: rows * width })
        .map((entries) => ({ width, entries })),
    );
  fc.assert(
    fc.property(columns, ({ width, entries }) => {
      const matrix = Float64Array.from(entries);
      orthonormalise(matrix, width);
      orthonormalise(matrix, width);
      const gram = gramMatrix(matrix, width);
      for (let i = 0; i < width; i++)
        for (let j = 0; j < width; j++) {
          const expected = i === j && gram[i * width + i]! > 0.5 ? 1 : 0;
          expect(Math.abs(gram[i * width + j]! - expected)).toBeLessThan(1e-10);
        }
      // Nothing of the given columns is outside of what they span.
      const rows = entries.length / width;
      for (let k = 0; k < width; k++) {
        const rest = Float64Array.from({ length: rows }, (_, row) => entries[row * width + k]!);
        for (let j = 0; j < width; j++) {
          let product = 0;
          for (let row = 0; row < rows; row++) product += rest[row]! * matrix[row * width + j]!;
          for (let row = 0; row < rows; row++) rest[row]! -= product * matrix[row * width + j]!;
        }
        expect(Math.max(...rest.map(Math.abs))).toBeLessThan(1e-7);
      }
    }),
  );
});
