import { numpy as np } from "@jax-js/jax";
import { logSumExp } from "../../nn/index.ts";
import { unit } from "../cross-domain/cosine.ts";

/** Added to a logit that must not count. */
const MASKED = -1e9;

/**
 * Contrast of two views x, y [B, width] of the same sequences, which both have all others as negatives:
 *
 *   l_b = 1/2 (L(x_b, y_b) + L(y_b, x_b)),   L(x_b, y_b) = -log (e(x_b, y_b) / (sum_c e(x_b, y_c) + sum_{c != b} e(x_b, x_c)))
 *
 * with e(u, v) = exp(cos(u, v) / temperature): NT-Xent of Chen et al. 2020. `present` [B] tells sequences
 * from empty places, which are nobody's negatives. Gives [B].
 */
export function contrasts(
  x: np.Array,
  y: np.Array,
  { present, temperature }: { readonly present: np.Array; readonly temperature: number },
): np.Array {
  const size = x.shape[0]!;
  const [u, v] = [unit(x), unit(y)];
  const similar = (a: np.Array, b: np.Array) =>
    np.matmul(a, np.transpose(b, [1, 0])).mul(1 / temperature);
  const absent = present.sub(1).mul(-MASKED).reshape([1, size]);
  const itself = np.eye(size).mul(MASKED);
  const across = similar(u, v);
  const right = np.sum(u.mul(v), -1).mul(1 / temperature);
  const against = (others: np.Array, own: np.Array) =>
    logSumExp(np.concatenate([others.add(absent), own.add(absent).add(itself)], 1)).sub(right);
  const backwards = np.transpose(across, [1, 0]);
  return against(across, similar(u, u))
    .add(against(backwards, similar(v, v)))
    .mul(0.5);
}
