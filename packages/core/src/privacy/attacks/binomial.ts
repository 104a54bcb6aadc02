/** A chance with its complement: near 1, what is left to 1 is known better than by subtracting. */
export interface Chance {
  readonly p: number;
  /** 1 - p */
  readonly q: number;
}

export function chanceOf(p: number): Chance {
  return { p, q: 1 - p };
}

/**
 * P[Binomial(n, p) = k], by Loader's saddle-point expansion, which keeps its digits for any n (Loader 2000,
 * "Fast and accurate computation of binomial probabilities").
 */
export function binomial(k: number, n: number, { p, q }: Chance): number {
  if (k < 0 || k > n) return 0;
  if (k === 0) return Math.exp(n * Math.log(q));
  if (k === n) return Math.exp(n * Math.log(p));
  const exponent =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/**
 * P[Binomial(n, p) >= k]: the terms on the side that has fewer of the mass, summed from the largest until
 * what is left is below the last bit.
 */
export function binomialTail(k: number, n: number, chance: Chance): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  const { p, q } = chance;
  if (p === 0 || q === 0) return q === 0 ? 1 : 0;
  if (k > n * p) return sumUpwards(k, n, chance);
  return 1 - sumUpwards(n - k + 1, n, { p: q, q: p });
}

/** Terms from k on, k beyond the mean: they fall from the first on. */
function sumUpwards(k: number, n: number, chance: Chance): number {
  const odds = chance.p / chance.q;
  let term = binomial(k, n, chance);
  let sum = term;
  for (let i = k; i < n && term > sum * 1e-17; i++) {
    term *= ((n - i) / (i + 1)) * odds;
    sum += term;
  }
  return sum;
}

/** ln n! - ln(sqrt(2 pi n) (n / e)^n), n >= 1. */
function stirlingError(n: number): number {
  if (n < 16) {
    let factorial = 1;
    for (let i = 2; i <= n; i++) factorial *= i;
    return Math.log(factorial) - 0.5 * Math.log(2 * Math.PI * n) - n * Math.log(n) + n;
  }
  const square = 1 / (n * n);
  return (
    (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - square / 1188) * square) * square) * square) / n
  );
}

/** x ln(x / mean) + mean - x, without cancellation where they are close. */
function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** What a chance may be that was true in `hits` of `trials` cases. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Clopper and Pearson's exact interval (1934). Each end is passed with a chance of at most `tail`; rounding is
 * outwards.
 */
export function clopperPearson(hits: number, trials: number, tail: number): Bounds {
  if (!(hits >= 0 && hits <= trials && trials > 0))
    throw new RangeError(`${hits} hits in ${trials} trials`);
  return {
    low:
      hits === 0 ? 0 : bisect((p) => binomialTail(hits, trials, chanceOf(p)) <= tail, 0, 1).below,
    high:
      hits === trials
        ? 1
        : bisect((p) => binomialTail(trials - hits, trials, { p: 1 - p, q: p }) > tail, 0, 1).above,
  };
}

/** Where `holds` ends, which is true at `below` and false at `above`, to twelve digits. */
export function bisect(
  holds: (value: number) => boolean,
  below: number,
  above: number,
): { readonly below: number; readonly above: number } {
  let [low, high] = [below, above];
  for (let step = 0; step < 100 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return { below: low, above: high };
}
