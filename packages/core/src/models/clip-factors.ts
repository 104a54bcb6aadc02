import { numpy as np } from "@jax-js/jax";

/**
 * What each unit's gradient is scaled by, [units, 1] for every group of its entries, from the groups'
 * squared norms [units, 1].
 *
 *   flat:       c_u  = min(1, bound / sqrt(sum_k s_uk)), the same for all groups
 *   per-layer:  c_uk = min(1, bound / sqrt(s_uk))
 *
 * A norm of 0 gives 1. `bound` is [1] and positive.
 */
export function clipFactors(
  squares: readonly np.Array[],
  bound: np.Array,
  clipping: "flat" | "per-layer",
): readonly np.Array[] {
  const factorOf = (square: np.Array) =>
    np.minimum(1, np.reciprocal(np.sqrt(square)).mul(bound.reshape([1, 1])));
  if (clipping === "per-layer") return squares.map(factorOf);
  const factor = factorOf(squares.reduce((sum, square) => sum.add(square)));
  return squares.map(() => factor);
}
