import { normal, type RandomStream } from "../../random/index.ts";

/**
 * Rows of equal length 1 at right angles, [count * width], uniform among all such: Gram-Schmidt on normal
 * draws.
 */
export function orthonormalRows(count: number, width: number, stream: RandomStream): Float64Array {
  const rows = Float64Array.from({ length: count * width }, () => normal(stream));
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * width, (i + 1) * width);
    // Twice: what rounding left of earlier rows in the first pass, the second one takes out.
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++) {
        const earlier = rows.subarray(j * width, (j + 1) * width);
        const share = dot(row, earlier);
        for (let d = 0; d < width; d++) row[d]! -= share * earlier[d]!;
      }
    const length = Math.sqrt(dot(row, row));
    for (let d = 0; d < width; d++) row[d]! /= length;
  }
  return rows;
}

/** Inner product of two vectors of one length. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The combination of rows [weights.length * width] by weights: [width]. */
export function combine(weights: Float64Array, rows: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width);
  for (let i = 0; i < weights.length; i++)
    for (let d = 0; d < width; d++) out[d]! += weights[i]! * rows[i * width + d]!;
  return out;
}
