import type { Arena } from "../../kernels/index.ts";

/** A batch of (user, positive item, negative item); entries from `numTriples` on are not read. */
export interface Triples {
  readonly numTriples: number;
  readonly users: Int32Array;
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
}

/** The pairwise loss of batches. Rows of `vectors` and `gradient`, [numNodes * width] in the arena, are users first, then items. */
export interface PairwiseLoss {
  /** The batch that is worked on; whoever has one writes it here. */
  readonly triples: Triples & { numTriples: number };
  /**
   * The mean loss of the batch, and its gradient added to `gradient`.
   *
   *   L = 1/B sum softplus(<v_u, v_j - v_i>)
   *   dL/dv_u = s (v_j - v_i),  dL/dv_j = s v_u,  dL/dv_i = -s v_u,   s = sigmoid(<v_u, v_j - v_i>) / B
   *
   * Rendle et al. 2009.
   */
  readonly addGradient: (vectors: Float32Array, gradient: Float32Array) => number;
  /** gradient_r <- gradient_r + share vectors_r for every row that the batch names; gives the sum of their squares. */
  readonly addDecay: (vectors: Float32Array, gradient: Float32Array, share: number) => number;
}

export function pairwiseLoss(
  arena: Arena,
  sizes: { readonly width: number; readonly numUsers: number; readonly batchSize: number },
): PairwiseLoss {
  const { width, numUsers, batchSize } = sizes;
  const { address, kernels } = arena;
  const triples = {
    numTriples: 0,
    users: arena.int32(batchSize),
    positives: arena.int32(batchSize),
    negatives: arena.int32(batchSize),
  };
  const [users, positives, negatives] = [
    address(triples.users),
    address(triples.positives),
    address(triples.negatives),
  ];
  /** <v_u, v_j - v_i>, then the slope of the loss in it. */
  const slopes = arena.float64(batchSize);
  return {
    triples,
    addGradient: (vectors, gradient) => {
      const { numTriples } = triples;
      const at = address(vectors);
      const to = address(slopes);
      kernels.pairProducts(at, users, positives, negatives, numTriples, width, numUsers, to);
      let loss = 0;
      for (let t = 0; t < numTriples; t++) {
        const x = slopes[t]!;
        slopes[t] = 1 / (1 + Math.exp(-x)) / numTriples;
        loss += Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      }
      kernels.addPairGradients(
        at,
        address(gradient),
        users,
        positives,
        negatives,
        to,
        numTriples,
        width,
        numUsers,
      );
      return loss / numTriples;
    },
    addDecay: (vectors, gradient, share) => {
      const { numTriples } = triples;
      const decay = (rows: number, first: number) =>
        kernels.addRowDecay(
          address(vectors),
          address(gradient),
          rows,
          numTriples,
          first,
          width,
          share,
        );
      return decay(users, 0) + decay(positives, numUsers) + decay(negatives, numUsers);
    },
  };
}
