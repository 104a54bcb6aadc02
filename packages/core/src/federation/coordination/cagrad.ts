import { combine } from "./combine.ts";
import { gram, type Matrix, type Vectors } from "./gram.ts";
import { inner } from "./least-norm-point.ts";
import { minimiseOnSimplex } from "./simplex.ts";

export interface ConflictAverseWeights {
  /** The common direction is sum_k coefficients_k D_k. */
  readonly coefficients: Float64Array;
  /** w*, on the probability simplex: which clients the compromise leans towards. */
  readonly weights: Float64Array;
  /** min_k <D_k, U>: below zero, somebody is still hurt. */
  readonly worst: number;
}

/**
 * CAGrad on clients' updates, from their inner products A = D'D:
 *
 *   c' = c sqrt(mean(A)) = c ||g0||,   g0 = mean_k D_k      (the mean is over all K^2 entries)
 *   w* = argmin over the simplex of  w' A 1 / K + c' sqrt(w' A w)
 *   U  = (g0 + c' / ||D w*|| D w*) / (1 + c^2)
 *
 * Before it is scaled, U is the direction within c ||g0|| of the mean whose worst product with an update
 * is best. Liu et al. 2021, arXiv 2110.14048; on updates of federated clients: Lu et al. 2024, FedHCA2,
 * arXiv 2311.13250. Their code adds 1e-8 under both roots, which late, small updates do not survive: here
 * there is no such guard, so U scales with the updates. Where updates cancel see `minimiseOnSimplex`.
 *
 * K equal updates D give D (1 + c) / (1 + c^2). A single client has nobody to conflict with: U = D. Updates that
 * are zero, or have a zero mean, give their mean.
 */
export function conflictAverseWeights(products: Matrix, caution: number): ConflictAverseWeights {
  const count = products.length;
  const mean = 1 / count;
  const squaredMean =
    products.flatMap((row) => [...row]).reduce((sum, x) => sum + x, 0) * mean * mean;
  const radius = caution * Math.sqrt(Math.max(0, squaredMean));
  const { weights, lift } = minimiseOnSimplex(products, radius);
  const coefficients =
    count === 1
      ? Float64Array.of(1)
      : lift.map((extra) => (mean + extra) / (1 + caution * caution));
  const worst = Math.min(...products.map((row) => inner(row, coefficients)));
  return { coefficients, weights, worst };
}

export interface ConflictAverse extends Omit<ConflictAverseWeights, "coefficients"> {
  /** U, as long as an update. */
  readonly direction: Float64Array;
}

/** The conflict-averse common direction of at least one update; caution c is 0.4 as published in FedHCA2. */
export function cagrad(updates: Vectors, { caution = 0.4 } = {}): ConflictAverse {
  const { coefficients, weights, worst } = conflictAverseWeights(gram(updates), caution);
  return { direction: combine(coefficients, updates), weights, worst };
}
