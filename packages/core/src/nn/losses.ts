import { numpy as np } from "@jax-js/jax";

/**
 * Weighted mean of the binary cross-entropy of log-odds z against labels y, all of shape [batch]; a
 * scalar. At least one weight must be positive.
 *
 *   loss = sum_b w_b l(z_b, y_b) / sum_b w_b,   l(z, y) = max(z, 0) - z y + log(1 + exp(-|z|))
 *
 * No exponential overflows, and log(1 + e) with e <= 1 is off by at most one rounding of 1, 6e-8, which
 * is no more than the rounding of the mean. Max and absolute value take matching sides at z = 0, so the
 * slope there is the true one, 1/2 - y: a model that starts at all zeros depends on it.
 */
export function binaryCrossEntropyWithLogits(
  logits: np.Array,
  labels: np.Array,
  weights: np.Array,
): np.Array {
  const positivePart = np.maximum(logits, 0); // slope 1 at 0
  const minusAbsolute = np.minimum(logits.neg(), logits); // slope -1 at 0
  const losses = positivePart.sub(logits.mul(labels)).add(np.log(np.exp(minusAbsolute).add(1)));
  return np.sum(losses.mul(weights)).mul(np.reciprocal(np.sum(weights)));
}
