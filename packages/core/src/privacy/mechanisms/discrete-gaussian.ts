import { bernoulliExp, inverseE, type Gamma } from "./bernoulli.ts";
import type { RandomBytes } from "./random-bytes.ts";
import { uniformBelow, wordsOf, type NextWord } from "./words.ts";

/** Beyond it a draw may pass 2^53. */
const LARGEST = 2 ** 40;
/** Far above what the few operations below are off by, relative to their largest term. */
const ERROR = 2 ** -46;

/** A positive integer, or a positive ratio of two. */
export type Sigma = number | { readonly numerator: number; readonly denominator: number };

/**
 * Adds to every entry an independent draw of the discrete Gaussian distribution, exactly:
 *
 *   P(x) = exp(-x^2 / (2 sigma^2)) / sum_k exp(-k^2 / (2 sigma^2)),     x, k integers
 *
 * Canonne, Kamath, Steinke 2020, arXiv 2004.00010, algorithm 3.
 */
export function discreteGaussian(
  randomBytes: RandomBytes,
  sigma: Sigma,
): (integers: Float64Array) => void {
  const [p, q] = typeof sigma === "number" ? [sigma, 1] : [sigma.numerator, sigma.denominator];
  if (!Number.isSafeInteger(p) || !Number.isSafeInteger(q) || p <= 0 || q <= 0 || p > LARGEST * q)
    throw new RangeError(
      `discreteGaussian: sigma is ${p} / ${q}; it has to be a ratio of positive integers, 2^40 at most`,
    );
  const next = wordsOf(randomBytes);
  const draw = drawOf(next, p, q);
  return (integers) => {
    for (let i = 0; i < integers.length; i++) integers[i]! += draw();
  };
}

function drawOf(next: NextWord, p: number, q: number): () => number {
  const scale = (p - (p % q)) / q + 1;
  const gammaOf = rejection(p, q, scale);
  return () => {
    for (;;) {
      const value = discreteLaplace(next, scale);
      if (bernoulliExp(next, gammaOf(Math.abs(value)))) return value;
    }
  };
}

/** (y - sigma^2 / t)^2 / (2 sigma^2) of sizes y, for sigma = p / q. */
export function rejection(p: number, q: number, t: number): (size: number) => Gamma {
  const variance = (p / q) ** 2;
  const centre = variance / t;
  const [p2, q2, bigT] = [BigInt(p) ** 2n, BigInt(q) ** 2n, BigInt(t)];
  const denominator = 2n * p2 * q2 * bigT ** 2n;
  return (size) => ({
    about: (size - centre) ** 2 / (2 * variance),
    error: ERROR * (1 + (size + centre) ** 2 / (2 * variance)),
    exactly: () => ({ numerator: (BigInt(size) * bigT * q2 - p2) ** 2n, denominator }),
  });
}

/** P(x) proportional to exp(-|x| / t) for an integer t: algorithm 2. */
function discreteLaplace(next: NextWord, t: number): number {
  for (;;) {
    const low = uniformBelow(t, next);
    const gamma = {
      about: low / t,
      error: ERROR,
      exactly: () => ({ numerator: BigInt(low), denominator: BigInt(t) }),
    };
    if (!bernoulliExp(next, gamma)) continue;
    let high = 0;
    while (inverseE(next)) high++;
    const size = low + t * high;
    const negative = next() >>> 31 === 1;
    if (!(negative && size === 0)) return negative ? -size : size;
  }
}
