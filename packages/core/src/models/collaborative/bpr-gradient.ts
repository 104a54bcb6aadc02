/** A batch of (user, positive item, negative item); entries from `numTriples` on are not read. */
export interface Triples {
  readonly numTriples: number;
  readonly users: Int32Array;
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
}

/**
 * The mean pairwise loss of a batch, and its gradient added to `gradient`. Rows of `vectors` and
 * `gradient`, [numNodes * width], are users first, then items.
 *
 *   L = 1/B sum softplus(<v_u, v_j - v_i>)
 *   dL/dv_u = s (v_j - v_i),  dL/dv_j = s v_u,  dL/dv_i = -s v_u,   s = sigmoid(<v_u, v_j - v_i>) / B
 *
 * Rendle et al. 2009.
 */
export function bprGradient(
  vectors: Float32Array,
  gradient: Float32Array,
  { numTriples, users, positives, negatives }: Triples,
  { width, numUsers }: { readonly width: number; readonly numUsers: number },
): number {
  let loss = 0;
  for (let t = 0; t < numTriples; t++) {
    const u = users[t]! * width;
    const i = (numUsers + positives[t]!) * width;
    const j = (numUsers + negatives[t]!) * width;
    let x = 0;
    for (let k = 0; k < width; k++) x += vectors[u + k]! * (vectors[j + k]! - vectors[i + k]!);
    const slope = 1 / (1 + Math.exp(-x)) / numTriples;
    for (let k = 0; k < width; k++) {
      const own = vectors[u + k]!;
      gradient[u + k]! += slope * (vectors[j + k]! - vectors[i + k]!);
      gradient[j + k]! += slope * own;
      gradient[i + k]! -= slope * own;
    }
    loss += Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
  return loss / numTriples;
}
