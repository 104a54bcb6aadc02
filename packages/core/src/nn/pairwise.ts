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
  const squareOfSum = np.square(np.sum(v, 1));
  const sumOfSquares = np.sum(np.square(v), 1);
  return np.sum(squareOfSum.sub(sumOfSquares), 1).mul(0.5);
}
