import { numpy as np } from "@jax-js/jax";
import { logSumExp } from "./losses.ts";
import { ntXent } from "./nt-xent.ts";

/**
 * `ntXent` of two views of users, the coarse part of Tri-CDR's triple contrastive learning, [C]. `counts` [C]
 * is 1 for users that take part; the others have loss 0 and are nobody's negatives.
 */
export function crossUserContrast(
  one: np.Array,
  other: np.Array,
  { counts, temperature }: { readonly counts: np.Array; readonly temperature: number },
): np.Array {
  return ntXent(one, other, { present: counts, temperature, logSumExp }).mul(counts);
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
