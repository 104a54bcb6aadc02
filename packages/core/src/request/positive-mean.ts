/** Below it the series loses digits, above it the fraction does. */
const TAIL = -2;
/** So many terms give nine digits at the edge of the tail, and more beyond. */
const TERMS = 60;

/**
 * The mean of a normal number of this mean and deviation, given that it is positive:
 *
 *   mean + s phi(z) / Phi(z),   z = mean / s
 *
 * with Phi by the series of Marsaglia (2004), and in the left tail, where both terms are near to each other, by
 * Laplace's continued fraction of what they leave, s / (|z| + 2 / (|z| + 3 / (|z| + ...))). `deviation` > 0.
 */
export function positiveMean(mean: number, deviation: number): number {
  const z = mean / deviation;
  if (z < TAIL) {
    let fraction = -z;
    for (let k = TERMS; k > 1; k--) fraction = k / fraction - z;
    return deviation / fraction;
  }
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (density === 0) return mean;
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-16 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return mean + (deviation * density) / (0.5 + sum * density);
}
