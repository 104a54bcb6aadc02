import type { numpy as np } from "@jax-js/jax";
import { relu } from "../../nn/index.ts";
import { cosines } from "./cosine.ts";

export interface IdraStates {
  /** [C, width], states of a domain's encoder after the original sequence. */
  readonly original: np.Array;
  /** After the augmented one. */
  readonly augmented: np.Array;
  /** After the original in another order. */
  readonly shuffled: np.Array;
  /** [C]: 1 where there is a sequence and it was augmented. */
  readonly counts: np.Array;
}

/**
 * Intra-domain representation alignment of one domain: the augmented sequence stays near the original.
 *
 *   [ m - cos(h_aug, h) + cos(h_aug, h_shuffled) ]_+, 0 where it does not count; [C]
 *
 * A reconstruction of FedCCTR-LM (arXiv 2503.16875), which says: contrastive, by a margin, on cosines.
 */
export function idra(
  { original, augmented, shuffled, counts }: IdraStates,
  margin: number,
): np.Array {
  const distance = cosines(augmented, shuffled).sub(cosines(augmented, original)).add(margin);
  return relu(distance).mul(counts);
}
