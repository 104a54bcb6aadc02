import { combine, type Matrix, type Vectors } from "../../federation/coordination/index.ts";
import { checkedArray, memoryless, type Coordinator } from "../../federation/index.ts";
import type { Block } from "../stages/blocks.ts";

export interface AttentiveOptions {
  readonly sigma: number;
  readonly mixing: number;
}

/**
 * xi, the weights of all clients' models in the model that is made for each. Row k sums to 1, K x K.
 *
 *   xi_kj = alpha A'(x_kj) for j != k,   A'(x) = exp(-x / sigma) / sigma,   xi_kk = 1 - sum_j xi_kj
 *
 * (Huang et al. 2021, equation 3.) There x is ||w_k - w_j||^2, whose scale is that of the model; here it is
 * that over its mean of all pairs, so that one sigma serves every model and every round. For alpha the
 * paper asks that no weight is negative: alpha = mixing sigma / (K - 1) holds that for every sigma.
 */
export function attentiveWeights(distances: Matrix, { sigma, mixing }: AttentiveOptions): Matrix {
  const others = distances.length - 1;
  const sum = distances.flatMap((row) => [...row]).reduce((all, x) => all + x, 0);
  const mean = sum / (distances.length * Math.max(1, others));
  return distances.map((row, k) => {
    const weights = row.map((distance, j) =>
      j === k ? 0 : (mixing / others) * Math.exp(-(mean > 0 ? distance / mean : 0) / sigma),
    );
    weights[k] = 1 - weights.reduce((all, weight) => all + weight, 0);
    return weights;
  });
}

/** ||v_k - v_j||^2, summed in doubles. K x K. */
export function squaredDistances(vectors: Vectors): Matrix {
  return vectors.map((own) =>
    Float64Array.from(vectors, (other) => {
      let sum = 0;
      for (let i = 0; i < own.length; i++) sum += (own[i]! - other[i]!) ** 2;
      return sum;
    }),
  );
}

/** The server half: u_k = sum_j xi_kj w_j over the clients of the round, with one xi for the whole model. */
export function fedampCoordinator(
  blocks: readonly Block[],
  options: AttentiveOptions,
): Coordinator {
  return memoryless(({ clients, sent, updates }) => {
    const models = blocks.map(({ name, size }) =>
      updates.map((update) => checkedArray(update, name, { length: size })),
    );
    const distances = models
      .map(squaredDistances)
      .reduce((sum, own) => sum.map((row, k) => row.map((x, j) => x + own[k]![j]!)));
    const weights = attentiveWeights(distances, options);
    const next = new Map(clients.map((client) => [client, { ...sent.get(client)! }]));
    updates.forEach(({ client }, k) => {
      blocks.forEach(({ name, size }, b) => {
        const data = Float32Array.from(combine(weights[k]!, models[b]!));
        next.set(client, { ...next.get(client)!, [name]: { shape: [size], data } });
      });
    });
    return {
      next,
      observed: {
        clients: updates.map(({ client }) => client),
        weights: { model: weights.map((row) => [...row]) },
      },
    };
  });
}
