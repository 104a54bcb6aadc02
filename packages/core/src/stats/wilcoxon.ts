import { normalBelow } from "./normal-below.ts";
import { midranks } from "./ranks.ts";

/** Up to so many differences the distribution is counted out; beyond, the normal one is near enough. */
const EXACT = 60;

/** What a signed-rank test saw. */
export interface SignedRank {
  /** Differences that are not 0. */
  readonly n: number;
  /** The sum of the ranks of positive differences. */
  readonly positive: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Wilcoxon's signed-rank test of paired differences lying around 0. Zeros are dropped, ties share the mean of
 * their ranks. With at most sixty differences p is exact, ties or not: all 2^n signs are equally likely, and
 * their rank sums are counted; with more, W is normal with
 *
 *   mean n (n + 1) / 4,   variance n (n + 1) (2 n + 1) / 24 - sum (t^3 - t) / 48 over ties of t ranks.
 *
 * Five differences cannot reach p < 0.05, whatever they are: 2 / 2^5 = 0.0625.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const known = differences.filter((difference) => difference !== 0);
  const n = known.length;
  // In halves, so that ranks are whole numbers.
  const ranks = midranks(known.map(Math.abs)).map((rank) => 2 * rank);
  const positive = ranks.reduce((sum, rank, i) => sum + (known[i]! > 0 ? rank : 0), 0);
  const p = n === 0 ? 1 : n <= EXACT ? exactTail(ranks, positive) : normalTail(ranks, positive);
  return { n, positive: positive / 2, p };
}

/** How likely a rank sum is at least as far from its mean as this one. */
function exactTail(ranks: readonly number[], positive: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  let chances = new Float64Array(total + 1);
  chances[0] = 1;
  for (const rank of ranks) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum++)
      next[sum] = (chances[sum]! + (sum >= rank ? chances[sum - rank]! : 0)) / 2;
    chances = next;
  }
  const least = Math.min(positive, total - positive);
  let tail = 0;
  for (let sum = 0; sum <= least; sum++) tail += chances[sum]!;
  return Math.min(1, 2 * tail);
}

function normalTail(ranks: readonly number[], positive: number): number {
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  // The variance of a sum of ranks with fair signs: a quarter of their squares, ties or not.
  const variance = ranks.reduce((sum, rank) => sum + rank ** 2, 0) / 4;
  return 2 * normalBelow(-Math.abs(positive - mean) / Math.sqrt(variance));
}
