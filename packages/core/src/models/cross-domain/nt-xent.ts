import { numpy as np } from "@jax-js/jax";
import { unit } from "./cosine.ts";

/** Added to the similarity of a pair that is none. */
const HIDE = -1e9;

export interface NtXentOptions {
  /** [C]: 1 where there is somebody; the others are nobody's negatives. */
  readonly present: np.Array;
  readonly temperature: number;
  /** log sum_k exp(z_k) over the last axis; forms of it differ in how gradients round. */
  readonly logSumExp: (logits: np.Array) => np.Array;
}

/**
 * Losses [C] of a contrast between two views of the same users, [C, width] each: of 2 V vectors each is to
 * find its other view among the rest.
 *
 *   l(a) = log sum_{b != a} exp(cos(a, b) / t) - cos(a, a') / t,   the mean of a user's two
 *
 * NT-Xent, Chen et al. 2020, arXiv 2002.05709.
 */
export function ntXent(
  one: np.Array,
  other: np.Array,
  { present, temperature, logSumExp }: NtXentOptions,
): np.Array {
  const users = one.shape[0]!;
  const [a, b] = [unit(one), unit(other)];
  const similar = (x: np.Array, y: np.Array) => np.matmul(x, y.transpose()).mul(1 / temperature);
  const absent = present.sub(1).mul(-HIDE).reshape([1, users]);
  const same = np.eye(users).mul(HIDE);
  const across = similar(a, b);
  const positive = np.sum(a.mul(b), -1).mul(1 / temperature);
  const lossOf = (others: np.Array, own: np.Array) =>
    logSumExp(np.concatenate([others.add(absent), own.add(absent).add(same)], 1)).sub(positive);
  return lossOf(across, similar(a, a))
    .add(lossOf(across.transpose(), similar(b, b)))
    .mul(0.5);
}
