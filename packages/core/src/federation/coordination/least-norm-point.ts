import type { Matrix } from "./gram.ts";
import { projectOnSimplex } from "./projection.ts";

/** Of rounding in an inner product of K terms, generously. */
const ROUNDING = 8 * Number.EPSILON;
/** Below this share of its own size, what a point adds to the span of the others is rounding. */
const DEPENDENT = 1e-14;

/**
 * The weights w of the point of smallest norm in the convex hull of points p_k, which are known by
 * their inner products A_kj = <p_k, p_j>:
 *
 *   min w' A w   subject to   w >= 0,  sum_k w_k = 1
 *
 * Wolfe 1976, "Finding the nearest point in a polytope": exact after finitely many changes of the set
 * of points in use. `start` are weights to begin from, for instance the answer to a problem nearby.
 */
export function leastNormPoint(products: Matrix, start?: Float64Array): Float64Array {
  let weights = start === undefined ? nearestVertex(products) : start.slice();
  weights = innermost(products, weights);
  // Each round brings a new set of points in use; the bound only guards against rounding.
  for (let round = 0; round < 20 * products.length + 20; round++) {
    const best = products.map((row) => inner(row, weights));
    const sizes = products.map((row) => rowMagnitude(row, weights));
    const square = inner(best, weights);
    const noise = inner(sizes, weights);
    let entering = -1;
    let descent = 0;
    for (let k = 0; k < products.length; k++) {
      const gain = square - best[k]! - ROUNDING * products.length * (noise + sizes[k]!);
      if (gain > descent) [entering, descent] = [k, gain];
    }
    if (entering < 0) break;
    const next = innermost(products, weights, entering);
    if (!(quadratic(products, next) < square)) break;
    weights = next;
  }
  return projectOnSimplex(weights);
}

/**
 * From weights on a set of points in use (and one that enters), towards the point of smallest norm in
 * their affine hull; a point whose weight would turn negative on the way is dropped, and so on.
 */
function innermost(products: Matrix, from: Float64Array, entering?: number): Float64Array {
  const weights = from.slice();
  const used = [...weights.keys()].filter((k) => weights[k]! > 0 || k === entering);
  for (;;) {
    const target = affineMinimiser(products, used);
    let step = 1;
    let leaving = -1;
    used.forEach((k, i) => {
      if (target[i]! > 0) return;
      const reach = weights[k]! / (weights[k]! - target[i]!);
      if (leaving < 0 || reach < step) [step, leaving] = [Math.min(1, reach || 0), i];
    });
    used.forEach((k, i) => {
      weights[k] = Math.max(0, weights[k]! + step * (target[i]! - weights[k]!));
    });
    if (leaving < 0) return weights;
    weights[used[leaving]!] = 0;
    used.splice(leaving, 1);
  }
}

/**
 * min w' A w with sum w = 1 and no bound on signs, over the points in use: least squares in the
 * differences to the shortest of them, by Cholesky. A difference that the others span is left out.
 */
function affineMinimiser(products: Matrix, used: readonly number[]): Float64Array {
  let origin = 0;
  used.forEach((k, i) => {
    if (products[k]![k]! < products[used[origin]!]![used[origin]!]!) origin = i;
  });
  const from = products[used[origin]!]!;
  const least = from[used[origin]!]!;
  const factor = used.map(() => new Float64Array(used.length));
  const solution = new Float64Array(used.length);
  for (let i = 0; i < used.length; i++) {
    const row = factor[i]!;
    const own = products[used[i]!]!;
    const toOrigin = from[used[i]!]! - least;
    for (let j = 0; j <= i; j++) {
      const value = own[used[j]!]! - from[used[j]!]! - toOrigin;
      let rest = value;
      for (let l = 0; l < j; l++) rest -= row[l]! * factor[j]![l]!;
      if (j < i) row[j] = factor[j]![j] === 0 ? 0 : rest / factor[j]![j]!;
      else row[i] = i !== origin && rest > DEPENDENT * value ? Math.sqrt(rest) : 0;
    }
    if (row[i] === 0) continue;
    let rest = -toOrigin;
    for (let l = 0; l < i; l++) rest -= row[l]! * solution[l]!;
    solution[i] = rest / row[i]!;
  }
  for (let i = used.length - 1; i >= 0; i--) {
    if (factor[i]![i] === 0) continue;
    for (let l = i + 1; l < used.length; l++) solution[i]! -= factor[l]![i]! * solution[l]!;
    solution[i]! /= factor[i]![i]!;
  }
  solution[origin] = 1 - solution.reduce((sum, value) => sum + value, 0);
  return solution;
}

function nearestVertex(products: Matrix): Float64Array {
  let nearest = 0;
  for (let k = 1; k < products.length; k++)
    if (products[k]![k]! < products[nearest]![nearest]!) nearest = k;
  const weights = new Float64Array(products.length);
  weights[nearest] = 1;
  return weights;
}

/** <x, y>, of short vectors. */
export function inner(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

/** w' A w, which is a squared norm: never below zero. */
export function quadratic(products: Matrix, weights: Float64Array): number {
  let sum = 0;
  products.forEach((row, k) => {
    if (weights[k] !== 0) sum += weights[k]! * inner(row, weights);
  });
  return Math.max(0, sum);
}

/** w' |A| w: the size of the terms of w' A w, against which its rounding is measured. */
export function magnitude(products: Matrix, weights: Float64Array): number {
  return inner(
    products.map((row) => rowMagnitude(row, weights)),
    weights,
  );
}

function rowMagnitude(row: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += Math.abs(row[i]! * weights[i]!);
  return sum;
}
