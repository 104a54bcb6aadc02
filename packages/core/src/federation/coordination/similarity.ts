import type { Matrix } from "./gram.ts";

export interface SimilarityOptions {
  /** K x K: the cosines of the clients' memories, M <- decay M + D, with `cosines(gram(memories))`. */
  readonly cosines: Matrix;
  /** n_j >= 0: what a client's model is worth, for instance its rows. */
  readonly sizes: ArrayLike<number>;
  /** Sharpens (above 1) or flattens (below 1) similarities. */
  readonly power?: number;
  /** rho_k in [0, 1]: how far a client trusts its own similarities; 1 for all where absent. */
  readonly personal?: ArrayLike<number>;
}

/**
 * Whose parameters a client receives: row k holds the weights of all clients in its average. K x K.
 *
 *   s_kj = max(0, cos(M_k, M_j))^power,  s_kk = 1
 *   t_kj = rho_k s_kj + (1 - rho_k)
 *   w_kj = n_j t_kj / sum_i n_i t_ki
 *
 * So a client with little evidence (rho near 0) leans on everybody as in FedAvg, and one whose updates nobody
 * shares keeps to itself. A client that never moved (M = 0) is similar to nobody but itself. Where no
 * weight is left, because the sizes are 0, a client keeps its own parameters.
 *
 * In the family of FedAMP (Huang et al. 2021, arXiv 2007.03797), with similarities of smoothed updates.
 */
export function similarityWeights(options: SimilarityOptions): Matrix {
  const { cosines, sizes, power = 1, personal } = options;
  return cosines.map((row, k) => {
    const trust = personal?.[k] ?? 1;
    const shares = row.map((cosine, j) => {
      const similarity = j === k ? 1 : Math.max(0, cosine) ** power;
      return sizes[j]! * (trust * similarity + (1 - trust));
    });
    const total = shares.reduce((sum, share) => sum + share, 0);
    return shares.map((share, j) => (total > 0 ? share / total : Number(j === k)));
  });
}

/**
 * rho = n / (n + tau): the share of trust that n rows (or positives) earn a client; at n = tau it is one half.
 * With tau = 0 every client trusts itself wholly.
 */
export function personalShare(size: number, tau: number): number {
  return tau === 0 ? 1 : size / (size + tau);
}
