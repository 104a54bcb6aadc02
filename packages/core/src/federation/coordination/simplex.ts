import type { Matrix } from "./gram.ts";
import { inner, leastNormPoint, magnitude, quadratic } from "./least-norm-point.ts";

/** What is left below this share of the norms that cancel is rounding: products keep half the digits of norms. */
const NEGLIGIBLE = 1e-7;
/** No update matters that is shorter than this share of the longest. */
const SHORTEST = 1e-12;
/** Of products of a few small matrices, relative to their terms. */
const ROUNDING = 1e-9;
const HALVINGS = 60;
const ATTEMPTS = 16;

export interface Compromise {
  /** w*, in [0, 1] with sum 1. */
  readonly weights: Float64Array;
  /** F(w*). */
  readonly objective: number;
  /** lambda >= 0: the direction with the best worst case is g0 + sum_k lambda_k D_k. */
  readonly lift: Float64Array;
}

/**
 * Minimises, over the probability simplex, the convex function
 *
 *   F(w) = <g0, D w> + r ||D w||,   g0 = (1/K) sum_k D_k,
 *
 * given A = D'D, so that <g0, D w> = w' A 1 / K. It is the dual of the best compromise within r of the mean,
 *
 *   max_d min_k <D_k, d>   subject to   ||d - g0|| <= r,
 *
 * and d = g0 + (r / ||D w*||) D w* solves that (Liu et al. 2021, "Conflict-averse gradient descent", section 3).
 *
 * Method: at the optimum w* is also the least-norm point of the hull of the D_k + eta g0, for the one
 * eta with ||D w|| = r eta. The ratio of the two falls in eta, so eta is found by halving, and each
 * least-norm problem is solved exactly; no step size, no tolerance to tune. Where D w* = 0 (the updates
 * cancel and the ball holds a direction against none of them) the formula for d is undefined; there d is
 * the nearest direction to g0 that hurts nobody.
 */
export function minimiseOnSimplex(products: Matrix, radius: number): Compromise {
  const count = products.length;
  const towards = Float64Array.from(products, (row) => row.reduce((sum, x) => sum + x, 0) / count);
  const largest = Math.sqrt(Math.max(...products.map((row, k) => row[k]!)));
  const answer = (weights: Float64Array, lift: Float64Array): Compromise => ({
    weights,
    objective: inner(towards, weights) + radius * Math.sqrt(quadratic(products, weights)),
    lift,
  });
  if (!(radius > 0 && largest > 0)) return answer(lowest(towards), new Float64Array(count));

  const central = leastNormPoint(products);
  const least = Math.sqrt(quadratic(products, central));
  if (least <= NEGLIGIBLE * Math.sqrt(magnitude(products, central))) {
    const harmless = liftIntoCone(products, towards);
    const distance = Math.sqrt(quadratic(products, harmless));
    if (distance <= radius * (1 + ROUNDING)) return answer(central, harmless);
  }
  // ||D w|| lies between the least norm of the hull and the largest of its corners.
  let low = Math.max(least, SHORTEST * largest) / radius;
  let high = largest / radius;
  let weights = central;
  for (let i = 0; i < HALVINGS && low < high; i++) {
    const eta = Math.sqrt(low) * Math.sqrt(high);
    weights = leastNormPoint(shifted(products, towards, eta), weights);
    if (Math.sqrt(quadratic(products, weights)) > radius * eta) low = eta;
    else high = eta;
  }
  return answer(
    weights,
    weights.map((weight) => weight / high),
  );
}

/** Inner products of the points D_k + eta g0. */
function shifted(products: Matrix, towards: Float64Array, eta: number): Matrix {
  const square = (eta * eta * towards.reduce((sum, x) => sum + x, 0)) / products.length;
  return products.map((row, k) =>
    row.map((product, j) => product + eta * (towards[k]! + towards[j]!) + square),
  );
}

/**
 * lambda >= 0 that makes ||g0 + sum_k lambda_k D_k|| least: then no D_k has a negative product with that
 * sum. The least-norm point of the hull of eta g0 and all D_k + eta g0 is eta times it, once 1 / eta
 * exceeds the sum of lambda.
 */
function liftIntoCone(products: Matrix, towards: Float64Array): Float64Array {
  const count = products.length;
  const total = towards.reduce((sum, x) => sum + x, 0) / count;
  if (!(total > 0)) return new Float64Array(count);
  const largest = Math.max(...products.map((row, k) => row[k]!));
  let eta = Math.sqrt(largest / total);
  for (let i = 0; ; i++, eta /= 8) {
    const square = eta * eta * total;
    const hull = shifted(products, towards, eta).map((row, k) =>
      Float64Array.of(...row, eta * towards[k]! + square),
    );
    hull.push(
      Float64Array.from([...towards, total], (value, k) => eta * (k < count ? value : 0) + square),
    );
    const lift = leastNormPoint(hull)
      .slice(0, count)
      .map((weight) => weight / eta);
    // What was added to g0 is then at right angles to the sum.
    const slack = Math.abs(quadratic(products, lift) + inner(towards, lift));
    if (slack <= ROUNDING * magnitude(products, lift) || i === ATTEMPTS) return lift;
  }
}

/** Equal weights on the smallest values. */
function lowest(values: Float64Array): Float64Array {
  const least = Math.min(...values);
  const share = 1 / values.filter((value) => value === least).length;
  return values.map((value) => (value === least ? share : 0));
}
