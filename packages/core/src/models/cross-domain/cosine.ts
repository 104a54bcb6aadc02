import { numpy as np } from "@jax-js/jax";

/** Keeps the slope finite where a vector is 0. */
const EPSILON = 1e-12;

/** Cosines of vectors [..., width] with others of that shape, [...]; 0 where one of them is 0, with slope 0. */
export function cosines(x: np.Array, y: np.Array): np.Array {
  return np.sum(unit(x).mul(unit(y)), -1);
}

/** x / |x| over the last axis; 0 stays 0. */
export function unit(x: np.Array): np.Array {
  const square = np.sum(np.square(x), -1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(square.add(EPSILON))));
}
