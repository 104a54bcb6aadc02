import { normalBelow } from "./normal-below.ts";

/** Ends of the integral over a standard normal, and its steps (Simpson). */
const END = 9;
const STEPS = 720;

/**
 * The chance that the largest and the smallest of k standard normals lie at most `range` apart:
 *
 *   k integral phi(z) (Phi(z) - Phi(z - range))^(k - 1) dz
 */
function rangeBelow(range: number, k: number): number {
  const step = (2 * END) / STEPS;
  let sum = 0;
  for (let i = 0; i <= STEPS; i++) {
    const z = -END + i * step;
    const weight = i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2;
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    sum += weight * density * (normalBelow(z) - normalBelow(z - range)) ** (k - 1);
  }
  return (k * sum * step) / 3;
}

/**
 * Nemenyi's critical difference (Demsar 2006): two of k methods whose average ranks over n places are further
 * apart differ at the 5% level, corrected for all pairs,
 *
 *   CD = q / sqrt(2) sqrt(k (k + 1) / (6 n)),   q: the 95% point of the range of k standard normals.
 *
 * @example
 * Number(criticalDifference(4, 14).toFixed(2)) // 1.25
 */
export function criticalDifference(k: number, n: number): number {
  let low = 0;
  let high = 10;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (rangeBelow(middle, k) < 0.95) low = middle;
    else high = middle;
  }
  return (low / Math.SQRT2) * Math.sqrt((k * (k + 1)) / (6 * n));
}
