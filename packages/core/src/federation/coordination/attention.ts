import { combine } from "./combine.ts";
import { cosines, gram, type Matrix, type Vectors } from "./gram.ts";

/**
 * How much each client attends to every client's update of one layer. Row k sums to 1:
 *
 *   w_kj = softmax_j( cos(D_k, D_j) / temperature )
 *
 * FedHCA2 (Lu et al. 2024, arXiv 2311.13250) divides <D_k, D_j> by the root of the dimension. Updates
 * are small, so there every product is near 0 and the softmax near uniform, whatever the updates say;
 * cosines give the temperature a meaning: at 1 the opposite of an update weighs e^-2 of its like, at
 * 0.1 e^-20. A zero update attends to all alike.
 */
export function attentionWeights(similarities: Matrix, temperature: number): Matrix {
  return similarities.map((row) => {
    const highest = Math.max(...row);
    const raised = row.map((cosine) => Math.exp((cosine - highest) / temperature));
    const total = raised.reduce((sum, value) => sum + value, 0);
    return raised.map((value) => value / total);
  });
}

export interface Attended {
  /** By client: sum_j w_kj D_j, of the updates as they came. */
  readonly directions: readonly Float64Array[];
  readonly weights: Matrix;
}

/**
 * Cross-attention over the clients' updates of one layer. A client moves on by it as
 * theta_k + D_k + b_k direction_k.
 */
export function crossAttention(updates: Vectors, { temperature = 1 } = {}): Attended {
  const weights = attentionWeights(cosines(gram(updates)), temperature);
  return { directions: weights.map((row) => combine(row, updates)), weights };
}
