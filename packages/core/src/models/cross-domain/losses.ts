import { lax, numpy as np } from "@jax-js/jax";
import { softplus } from "../../nn/index.ts";
import type { CrossDomainLoss } from "./types.ts";

/** Added to the logit of a negative that is none. */
const ABSENT = -1e9;

export interface TargetLogits {
  /** [C, T] */
  readonly target: np.Array;
  /** [C, T, N] */
  readonly negatives: np.Array;
  /** [C, T, N]: 1 where there is a negative. */
  readonly present: np.Array;
}

/**
 * The loss of each target against its domain's negatives, [C, T]; finite without any.
 *
 *   sampled-softmax   log(exp(z) + sum_k exp(z_k)) - z = log(1 + exp(log sum_k exp(z_k) - z))
 *   bce               log(1 + exp(-z)) + mean_k log(1 + exp(z_k))
 */
export function targetLosses(
  kind: CrossDomainLoss,
  { target, negatives, present }: TargetLogits,
): np.Array {
  switch (kind) {
    case "sampled-softmax":
      return softplus(logSumExp(negatives.add(present.sub(1).mul(-ABSENT))).sub(target));
    case "bce": {
      const count = np.maximum(np.sum(present, -1), 1);
      const others = np.sum(softplus(negatives).mul(present), -1);
      return softplus(target.neg()).add(others.mul(np.reciprocal(count)));
    }
  }
}

/** log sum_k exp(z_k) over the last axis. The largest is taken as a constant: its slope is 0. */
export function logSumExp(logits: np.Array): np.Array {
  const most = lax.stopGradient(np.max(logits, -1, { keepdims: true }));
  const sum = np.sum(np.exp(logits.sub(most)), -1, { keepdims: true });
  return np.log(sum).add(most).reshape(logits.shape.slice(0, -1));
}
