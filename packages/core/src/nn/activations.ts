import { numpy as np } from "@jax-js/jax";

/** relu(x) = max(0, x), its slope at 0 being 0 as in PyTorch: the first argument wins a tie. */
export function relu(x: np.Array): np.Array {
  return np.maximum(0, x);
}
