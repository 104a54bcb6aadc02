import { numpy as np } from "@jax-js/jax";

/**
 * The second-order term of a factorisation machine: the sum of all inner products of two different
 * rows, for `v` [batch, rows, width] to [batch].
 *
 *   sum_{f < g} <v_f, v_g> = 1/2 sum_k [ (sum_f v_fk)^2 - sum_f v_fk^2 ]
 *
 * Rendle 2010, lemma 3.1.
 */
export function pairwiseProducts(v: np.Array): np.Array {
  const [batch, rows, width] = v.shape as [number, number, number];
  const flat = v.reshape([batch, rows * width]);
  const sum = np.matmul(flat, stackedIdentities(rows, width));
  return np
    .sum(np.square(sum), 1)
    .sub(np.sum(np.square(flat), 1))
    .mul(0.5);
}

/**
 * [rows * width, width]: identities on top of each other. A product with them sums over rows, several
 * times faster than a reduction of the middle axis.
 */
function stackedIdentities(rows: number, width: number): np.Array {
  const ones = Float32Array.from({ length: rows * width * width }, (_, i) =>
    Math.floor(i / width) % width === i % width ? 1 : 0,
  );
  return np.array(ones, { shape: [rows * width, width] });
}
