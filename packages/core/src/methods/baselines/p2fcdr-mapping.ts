import { normal, uniform, type RandomStream } from "../../random/index.ts";

/** A random orthogonal matrix [width, width]: normal draws, made orthonormal row after row (Gram and Schmidt). */
export function orthogonalMatrix(width: number, random: RandomStream): Float32Array {
  const rows: Float64Array[] = [];
  for (let i = 0; i < width; i++) {
    const row = Float64Array.from({ length: width }, () => normal(random));
    // Twice, as rounding leaves a rest of what was taken away.
    for (let pass = 0; pass < 2; pass++)
      for (const other of rows) {
        const along = row.reduce((sum, value, k) => sum + value * other[k]!, 0);
        for (let k = 0; k < width; k++) row[k]! -= along * other[k]!;
      }
    const norm = Math.hypot(...row);
    rows.push(row.map((value) => value / norm));
  }
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

/** The transpose of a square matrix. */
export function transposed(matrix: Float32Array, width: number): Float32Array {
  return matrix.map((_, i) => matrix[(i % width) * width + Math.floor(i / width)]!);
}

/** Rows [n, width] times a matrix [width, width]. */
export function multiplied(rows: Float32Array, matrix: Float32Array, width: number): Float32Array {
  const product = new Float32Array(rows.length);
  for (let at = 0; at < rows.length; at += width)
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += rows[at + j]! * matrix[j * width + k]!;
      product[at + k] = sum;
    }
  return product;
}

/** Adds Laplace noise with density exp(-|x| / scale) / (2 scale) to every entry, in place. */
export function addLaplace(values: Float32Array, scale: number, random: RandomStream): void {
  if (scale === 0) return;
  for (let i = 0; i < values.length; i++) {
    const u = uniform(random) - 0.5;
    values[i]! -= scale * Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
  }
}
