import { numpy as np } from "@jax-js/jax";
import { unit } from "./cosine.ts";
import { logSumExp } from "./losses.ts";

/** Added to the similarity of a pair that is none. */
const HIDE = -1e9;

/**
 * Losses [C] of a contrast between two views of the same users, [C, width] each: of 2 V vectors each is to
 * find its other view among the rest.
 *
 *   l(a) = log sum_{b != a} exp(cos(a, b) / t) - cos(a, a') / t,   the mean of a user's two
 *
 * NT-Xent (Chen et al. 2020), the coarse part of Tri-CDR's triple contrastive learning. `counts` [C] is 1
 * for the V users that take part; the others have loss 0 and are nobody's negatives.
 */
export function crossUserContrast(
  one: np.Array,
  other: np.Array,
  { counts, temperature }: { readonly counts: np.Array; readonly temperature: number },
): np.Array {
  const users = one.shape[0]!;
  const [a, b] = [unit(one), unit(other)];
  const similar = (x: np.Array, y: np.Array) => np.matmul(x, y.transpose()).mul(1 / temperature);
  const absent = counts.sub(1).mul(-HIDE).reshape([1, users]);
  const same = np.eye(users).mul(HIDE);
  const across = similar(a, b);
  const positive = np.sum(a.mul(b), -1).mul(1 / temperature);
  const lossOf = (others: np.Array, own: np.Array) =>
    logSumExp(np.concatenate([others.add(absent), own.add(absent).add(same)], 1)).sub(positive);
  const losses = lossOf(across, similar(a, a)).add(lossOf(across.transpose(), similar(b, b)));
  return losses.mul(0.5).mul(counts);
}

/**
 * Losses [C] that hold an anchor nearer to one vector than to another, by a margin.
 *
 *   max(0, |a - p| - |a - n| + margin),   |x| = sqrt(sum (x + 1e-6)^2) as `torch.nn.TripletMarginLoss`
 */
export function tripletLosses(
  anchor: np.Array,
  {
    near,
    far,
    margin,
  }: { readonly near: np.Array; readonly far: np.Array; readonly margin: number },
): np.Array {
  const distance = (x: np.Array) => np.sqrt(np.sum(np.square(anchor.sub(x).add(1e-6)), -1));
  return np.maximum(0, distance(near).sub(distance(far)).add(margin));
}
