import { normal, type RandomStream } from "../random/index.ts";
import type { TextIndex } from "./item-text.ts";
import { gramMatrix, orthonormalise } from "./orthonormal.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** The entries of a matrix in compressed rows. */
export type SparseRows = Pick<TextIndex, "numItems" | "numTerms" | "offsets" | "terms" | "weights">;

export interface TruncatedSvd {
  /** [dimensions], falling; 0 where the matrix has a smaller rank. */
  readonly singularValues: Float64Array;
  /** [items * dimensions]: U S, the rows along the leading right singular vectors. */
  readonly coordinates: Float64Array;
}

export interface SvdOptions {
  readonly dimensions: number;
  readonly random: RandomStream;
  /** Columns beside those that are asked for. */
  readonly oversampling?: number;
  /** Multiplications by A A^T; each sharpens the last directions. */
  readonly iterations?: number;
}

/**
 * The leading singular values and left vectors of a sparse matrix A by randomised subspace iteration: an
 * orthonormal Q whose columns span (A A^T)^q A Omega, Omega of normal draws, then the singular vectors of
 * Q^T A, exactly. The sign of each column of U S is such that its largest entry in size is positive.
 * Halko, Martinsson and Tropp 2011, "Finding structure with randomness", algorithms 4.4 and 5.1.
 */
export function truncatedSvd(
  matrix: SparseRows,
  { dimensions, random, oversampling = 16, iterations = 2 }: SvdOptions,
): TruncatedSvd {
  const { numItems, numTerms } = matrix;
  const width = Math.min(dimensions + oversampling, numItems, numTerms);
  const singularValues = new Float64Array(dimensions);
  const coordinates = new Float64Array(numItems * dimensions);
  if (width === 0) return { singularValues, coordinates };
  const right = new Float64Array(numTerms * width);
  for (let i = 0; i < right.length; i++) right[i] = normal(random);
  const left = new Float64Array(numItems * width);
  multiply(matrix, right, { out: left });
  orthonormalise(left, width);
  for (let i = 0; i < iterations; i++) {
    multiply(matrix, left, { out: right, transposed: true });
    multiply(matrix, right, { out: left });
    orthonormalise(left, width);
  }
  orthonormalise(left, width);
  multiply(matrix, left, { out: right, transposed: true });
  const { values, vectors } = symmetricEigen(gramMatrix(right, width), width);
  const kept = Math.min(dimensions, width);
  for (let k = 0; k < kept; k++) singularValues[k] = Math.sqrt(Math.max(0, values[k]!));
  // [width, kept], so that the innermost loop runs along rows.
  const turned = new Float64Array(width * kept);
  for (let j = 0; j < width; j++)
    for (let k = 0; k < kept; k++) turned[j * kept + k] = vectors[k]![j]! * singularValues[k]!;
  for (let item = 0; item < numItems; item++)
    for (let j = 0; j < width; j++) {
      const value = left[item * width + j]!;
      for (let k = 0; k < kept; k++)
        coordinates[item * dimensions + k]! += value * turned[j * kept + k]!;
    }
  fixSigns(coordinates, dimensions);
  return { singularValues, coordinates };
}

/** out [items, width] = A x [terms, width]; transposed, out [terms, width] = A^T x [items, width] */
function multiply(
  { numItems, numTerms, offsets, terms, weights }: SparseRows,
  x: Float64Array,
  { out, transposed = false }: { readonly out: Float64Array; readonly transposed?: boolean },
) {
  const width = out.length / (transposed ? numTerms : numItems);
  out.fill(0);
  for (let item = 0; item < numItems; item++)
    for (let e = offsets[item]!; e < offsets[item + 1]!; e++) {
      const weight = weights[e]!;
      const [row, column] = [item * width, terms[e]! * width];
      const [from, to] = transposed ? [row, column] : [column, row];
      for (let j = 0; j < width; j++) out[to + j]! += weight * x[from + j]!;
    }
}

function fixSigns(columns: Float64Array, width: number): void {
  for (let k = 0; k < width; k++) {
    let largest = 0;
    for (let i = k; i < columns.length; i += width)
      if (Math.abs(columns[i]!) > Math.abs(largest)) largest = columns[i]!;
    if (largest < 0) for (let i = k; i < columns.length; i += width) columns[i]! *= -1;
  }
}
