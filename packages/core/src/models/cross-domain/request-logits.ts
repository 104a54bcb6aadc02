import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import type { PairedLogits } from "./target-logits.ts";

/**
 * What requests know of candidates, by the weights of the target's domain: sum_k w_Xk number_k, for targets
 * [C, T] and negatives [C, T, N]. Weights are [D, K].
 */
export function requestLogits(arrays: Arrays, weights: np.Array): PairedLogits {
  const ofDomain = np.transpose(arrayOf(arrays, "targetDomain"), [0, 2, 1]);
  const [users, targets] = ofDomain.shape as [number, number];
  const ofTarget = np.matmul(ofDomain, weights);
  const known = (numbers: np.Array, weight: np.Array) => np.sum(numbers.mul(weight), -1);
  return {
    target: known(arrayOf(arrays, "requestTarget"), ofTarget),
    negatives: known(
      arrayOf(arrays, "requestNegatives"),
      ofTarget.reshape([users, targets, 1, -1]),
    ),
  };
}
