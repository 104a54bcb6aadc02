import { nn as jaxNn, numpy as np } from "@jax-js/jax";

/** relu(x) = max(0, x), its slope at 0 being 0 as in PyTorch: the first argument wins a tie. */
export function relu(x: np.Array): np.Array {
  return np.maximum(0, x);
}

/** Below, exp(-x) and its square would leave float32, and inf * 0 be the slope. */
const SIGMOID_FLOOR = -60;

/**
 * sigmoid(x) = 1 / (1 + exp(-x)), finite in value and slope for every x: below -60 it is 9e-27, with
 * slope 0. That of jax-js has no slope (NaN) below -88.
 */
export function sigmoid(x: np.Array): np.Array {
  return jaxNn.sigmoid(np.maximum(SIGMOID_FLOOR, x));
}

/**
 * gelu(x) = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): Hendrycks and Gimpel 2016, in the form that
 * BERT and `torch.nn.functional.gelu(x, approximate="tanh")` compute.
 */
export function gelu(x: np.Array): np.Array {
  return jaxNn.gelu(x, { approximate: true });
}
