import type { Matrix } from "./gram.ts";

export interface SimilarityOptions {
  /** K x K: the cosines of the clients' memories, M <- decay M + D, with `cosines(gram(memories))`. */
  readonly cosines: Matrix;
  /** n_j >= 0: what a client's model is worth, for instance its rows. */
  readonly sizes: ArrayLike<number>;
  /** Sharpens (above 1) or flattens (below 1) similarities. */
  readonly power?: number;
  /** r_k in [0, 1]: how much of a client's update its rows have settled; 1 for all where absent. */
  readonly reliability?: ArrayLike<number>;
}

/**
 * Whose parameters a client receives: row k holds the weights of all clients in its average. K x K.
 *
 *   s_kj = min(1, max(0, cos(M_k, M_j)) / sqrt(r_k r_j))^power,  s_kk = 1
 *   w_kj = n_j s_kj / sum_i n_i s_ki
 *
 * Noise makes updates look less alike than what they estimate. Dividing by the roots of the reliabilities
 * takes that back (Spearman 1904, correction for attenuation), so that a client with little evidence leans
 * on all that agree with it at all, one with much on those alone that go its way, and nobody on those that
 * point away. A client that never moved (M = 0) is similar to nobody but itself. Where no weight is left,
 * because the sizes are 0, a client keeps its own parameters.
 *
 * In the family of FedAMP (Huang et al. 2021, arXiv 2007.03797), with similarities of smoothed updates.
 */
export function similarityWeights({ sizes, ...options }: SimilarityOptions): Matrix {
  return similarities(options).map((row, k) => {
    const shares = row.map((similarity, j) => sizes[j]! * similarity);
    const total = shares.reduce((sum, share) => sum + share, 0);
    return shares.map((share, j) => (total > 0 ? share / total : Number(j === k)));
  });
}

/** The similarities s_kj, before sizes. K x K, in [0, 1]. */
function similarities(options: Omit<SimilarityOptions, "sizes">): Matrix {
  const { cosines, power = 1, reliability } = options;
  const settled = (k: number) => reliability?.[k] ?? 1;
  return cosines.map((row, k) =>
    row.map((cosine, j) => {
      if (j === k) return 1;
      if (cosine <= 0) return 0;
      return Math.min(1, cosine / Math.sqrt(settled(k) * settled(j))) ** power;
    }),
  );
}

/**
 * r = n / (n + tau): the reliability that n rows (or positives) give; at n = tau it is one half. With
 * tau = 0 everything is settled.
 */
export function reliabilityOf(size: number, tau: number): number {
  return tau === 0 ? 1 : size / (size + tau);
}
