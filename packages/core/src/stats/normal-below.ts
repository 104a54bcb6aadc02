/**
 * The standard normal distribution function, to ten digits: up to |z| = 3 the series of Marsaglia
 * (2004), beyond it the continued fraction of the tail.
 */
export function normalBelow(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(z) > 3) {
    const x = Math.abs(z);
    let fraction = x;
    for (let k = 200; k > 0; k--) fraction = x + k / fraction;
    const tail = density / fraction;
    return z < 0 ? tail : 1 - tail;
  }
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + sum * density;
}
