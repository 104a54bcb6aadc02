import { numpy as np } from "@jax-js/jax";

/**
 * Vectors at places, by products with rows of the identity, so that gradients are exact and need no table.
 *
 *   y_ct = vectors_c[places_ct], 0 where the place is -1
 *
 * Places [C, T] are whole numbers in float32, vectors [C, R, width]; the result is [C, T, width].
 */
export function lookUp(places: np.Array, vectors: np.Array): np.Array {
  return np.matmul(oneHot(places, vectors.shape[1]!), vectors);
}

/** [..., T] to [..., T, size]: 1 at each place, all 0 where it is -1. */
export function oneHot(places: np.Array, size: number): np.Array {
  const numbers = np.arange(size).astype(np.float32);
  return np.equal(places.reshape([...places.shape, 1]), numbers).astype(np.float32);
}

/** 1 where a place is one, 0 where it is -1. */
export function presenceOf(places: np.Array): np.Array {
  return np.greaterEqual(places, 0).astype(np.float32);
}
