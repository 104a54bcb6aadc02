/** Clients' flat updates (or memories of them), all of one length. */
export type Vectors = readonly (Float32Array | Float64Array)[];

/** A small matrix of doubles, row by row: entry (k, j) is `matrix[k]![j]!`. */
export type Matrix = readonly Float64Array[];

/** Coordinates at a time: a block of every vector stays in the cache while all pairs read it. */
const BLOCK = 2048;

/**
 * The inner products of all pairs of vectors, A_kj = <v_k, v_j>, summed in doubles. K x K.
 *
 * Whatever the order of the vectors, a pair's product is the same to the bit.
 */
export function gram(vectors: Vectors): Matrix {
  const length = sharedLength(vectors);
  const matrix = vectors.map(() => new Float64Array(vectors.length));
  for (let start = 0; start < length; start += BLOCK) {
    const end = Math.min(start + BLOCK, length);
    for (let k = 0; k < vectors.length; k++)
      for (let j = 0; j <= k; j++) matrix[k]![j]! += dot(vectors[k]!, vectors[j]!, start, end);
  }
  for (let k = 0; k < vectors.length; k++)
    for (let j = 0; j < k; j++) matrix[j]![k] = matrix[k]![j]!;
  return matrix;
}

/**
 * Cosines of all pairs, from their inner products: A_kj / sqrt(A_kk A_jj), in [-1, 1]. A zero vector
 * has no direction: its cosine with everything, itself included, is 0.
 */
export function cosines(products: Matrix): Matrix {
  const norms = products.map((row, k) => Math.sqrt(row[k]!));
  return products.map((row, k) =>
    row.map((product, j) => {
      if (norms[k] === 0 || norms[j] === 0) return 0;
      return j === k ? 1 : Math.min(1, Math.max(-1, product / norms[k]! / norms[j]!));
    }),
  );
}

/** The length that all vectors have; 0 of none. */
export function sharedLength(vectors: Vectors): number {
  const length = vectors[0]?.length ?? 0;
  for (const vector of vectors)
    if (vector.length !== length)
      throw new RangeError(`vectors of ${length} and ${vector.length} entries cannot be joined`);
  return length;
}

function dot(
  x: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  start: number,
  end: number,
): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += x[i]! * y[i]!;
  return sum;
}
