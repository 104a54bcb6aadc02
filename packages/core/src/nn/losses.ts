import { numpy as np } from "@jax-js/jax";

/**
 * Binary cross-entropy of every log-odds z against its label y, in their common shape.
 *
 *   l(z, y) = max(z, 0) - z y + log(1 + exp(-|z|))
 *
 * No exponential overflows, and log(1 + e) with e <= 1 is off by at most one rounding of 1, 6e-8, which
 * is no more than the rounding of the mean. Max and absolute value take matching sides at z = 0, so the
 * slope there is the true one, 1/2 - y: a model that starts at all zeros depends on it.
 */
export function crossEntropies(logits: np.Array, labels: np.Array): np.Array {
  const positivePart = np.maximum(logits, 0); // slope 1 at 0
  const minusAbsolute = np.minimum(logits.neg(), logits); // slope -1 at 0
  return positivePart.sub(logits.mul(labels)).add(np.log(np.exp(minusAbsolute).add(1)));
}

/** log(1 + exp(z)), without overflow: the cross-entropy of z against label 0. */
export function softplus(z: np.Array): np.Array {
  return crossEntropies(z, np.zeros(z.shape));
}

/**
 * Focal losses, (1 - p_y)^gamma l(z, y), where p_y is the probability given to the label: easy rows count
 * less. Lin et al. 2017, equation 4. With gamma 0 they are cross-entropies.
 */
export function focalLosses(logits: np.Array, labels: np.Array, gamma: number): np.Array {
  const losses = crossEntropies(logits, labels);
  // log(1 - p_y) = -softplus(log-odds of the label)
  const towards = logits.mul(labels.mul(2).sub(1));
  return np.exp(softplus(towards).mul(-gamma)).mul(losses);
}

/** sum_b w_b l_b / sum_b w_b, a scalar. At least one weight must be positive. */
export function weightedMean(losses: np.Array, weights: np.Array): np.Array {
  return np.sum(losses.mul(weights)).mul(np.reciprocal(np.sum(weights)));
}

/** Weighted mean of the binary cross-entropy, all of shape [batch]; a scalar. */
export function binaryCrossEntropyWithLogits(
  logits: np.Array,
  labels: np.Array,
  weights: np.Array,
): np.Array {
  return weightedMean(crossEntropies(logits, labels), weights);
}

/**
 * Pairwise losses of groups [groups, size], whose first logit is the positive's.
 *
 *   l_g = 1 / (size - 1) sum_{k > 0} log(1 + exp(z_gk - z_g0))
 *
 * Rendle et al. 2009 (BPR), each positive against all its sampled negatives; [groups].
 */
export function pairwiseLosses(logits: np.Array): np.Array {
  const size = logits.shape[1]!;
  const positive = logits.slice([], [0, 1]);
  const negatives = logits.slice([], [1, size]);
  return np.mean(softplus(negatives.sub(positive)), 1);
}

/**
 * Softmax cross-entropies of groups [groups, size], whose first logit is the right one; [groups].
 *
 *   l_g = log sum_k exp(z_gk) - z_g0
 *
 * Over sampled negatives this is the sampled softmax (Jean et al. 2015), over all items the full one.
 */
export function firstOfSoftmax(logits: np.Array): np.Array {
  return logSumExp(logits).sub(logits.slice([], 0));
}

/** log sum_k exp(z_k) over the last axis. */
export function logSumExp(logits: np.Array): np.Array {
  const most = np.max(logits, -1, { keepdims: true });
  const sum = np.sum(np.exp(logits.sub(most)), -1, { keepdims: true });
  return np.log(sum).add(most).reshape(logits.shape.slice(0, -1));
}
