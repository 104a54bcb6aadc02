import { shuffle, type RandomStream } from "../../random/index.ts";
import { combine } from "./combine.ts";
import { gram, type Matrix, type Vectors } from "./gram.ts";
import { inner } from "./least-norm-point.ts";

/**
 * PCGrad on clients' updates, from their inner products A = D'D: every client in turn gives up what
 * opposes another,
 *
 *   D'_k <- D'_k - <D'_k, D_j> / ||D_j||^2 D_j   where <D'_k, D_j> < 0,  over j != k in random order,
 *
 * against the updates as they came, and the mean of the D'_k is taken. Yu et al. 2020, arXiv 2001.06782,
 * algorithm 1 (which sums). Gives the coefficients of the updates in that mean: they are never below 1 / K.
 */
export function projectedMeanWeights(products: Matrix, stream: RandomStream): Float64Array {
  const count = products.length;
  const total = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const order = Int32Array.from(products.keys());
    shuffle(stream, order);
    const coefficients = new Float64Array(count);
    coefficients[k] = 1;
    for (const j of order) {
      const agreement = inner(products[j]!, coefficients);
      if (j !== k && agreement < 0) coefficients[j]! -= agreement / products[j]![j]!;
    }
    for (let j = 0; j < count; j++) total[j]! += coefficients[j]! / count;
  }
  return total;
}

/** The mean of the updates after PCGrad; the stream decides in which order conflicts are settled. */
export function pcgrad(updates: Vectors, stream: RandomStream): Float64Array {
  return combine(projectedMeanWeights(gram(updates), stream), updates);
}
