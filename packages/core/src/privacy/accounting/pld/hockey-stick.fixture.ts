/**
 * delta(epsilon) of one use, the integral of max(0, p - exp(epsilon) q) for densities whose ratio p / q grows
 * with x: Simpson's rule from where p = exp(epsilon) q up, to ten digits.
 */
export function hockeyStick(
  { p, q, from, to }: Pair & { readonly from: number; readonly to: number },
  epsilon: number,
): number {
  const difference = (x: number): number => p(x) - Math.exp(epsilon) * q(x);
  let [low, high] = [from, to];
  for (let i = 0; i < 200; i++) {
    const middle = 0.5 * (low + high);
    if (difference(middle) > 0) high = middle;
    else low = middle;
  }
  const step = (to - high) / INTERVALS;
  let sum = 0;
  for (let i = 0; i <= INTERVALS; i++) {
    const weight = i === 0 || i === INTERVALS ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * difference(high + i * step);
  }
  return (sum * step) / 3;
}

interface Pair {
  readonly p: (x: number) => number;
  readonly q: (x: number) => number;
}

const INTERVALS = 4000;

const normal = (x: number, z: number): number =>
  Math.exp(-0.5 * (x / z) ** 2) / (z * Math.sqrt(2 * Math.PI));

/** The worse of both directions, of one use of a Gaussian under Poisson sampling. */
export function sampledGaussianDelta(
  { rate, noise }: { readonly rate: number; readonly noise: number },
  epsilon: number,
): number {
  const without = (x: number): number => normal(x, noise);
  const withUnit = (x: number): number =>
    (1 - rate) * normal(x, noise) + rate * normal(x - 1, noise);
  const range = { from: -12 * noise, to: 1 + 12 * noise };
  const removed = hockeyStick({ p: withUnit, q: without, ...range }, epsilon);
  const mirrored = {
    p: without,
    q: (x: number) => withUnit(-x),
    from: -range.to,
    to: -range.from,
  };
  return Math.max(removed, hockeyStick(mirrored, epsilon));
}
