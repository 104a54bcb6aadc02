import { mean } from "./descriptive.ts";
import { incompleteBeta } from "./incomplete-beta.ts";

/**
 * Ranks from 1 for the smallest; equal values share the mean of their ranks.
 *
 * @example
 * midranks([10, 30, 10]) // [1.5, 3, 1.5]
 */
export function midranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = Array.from<number>({ length: values.length });
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** What Friedman's test says of methods that were measured in the same places. */
export interface Friedman {
  /** By method; 1 is the best. */
  readonly ranks: readonly number[];
  /** Places. */
  readonly n: number;
  /** That all methods are equally good; by Iman and Davenport's F. */
  readonly p: number;
}

/**
 * Average ranks of k methods over n places, and Friedman's test in the form of Iman and Davenport (1980),
 *
 *   chi^2 = (k - 1) sum_j (sum_i r_ij - n (k + 1) / 2)^2 / sum_ij (r_ij - (k + 1) / 2)^2,
 *   F = (n - 1) chi^2 / (n (k - 1) - chi^2),   k - 1 and (k - 1) (n - 1) degrees of freedom,
 *
 * whose chi^2 holds for ties too (Conover 1999). places[i][j]: the value of method j; more is better.
 */
export function friedman(places: readonly (readonly number[])[]): Friedman {
  const n = places.length;
  const k = places[0]?.length ?? 0;
  const ranked = places.map((values) => midranks(values.map((value) => -value)));
  const ranks = Array.from({ length: k }, (_, j) => mean(ranked.map((row) => row[j]!)));
  const centre = (k + 1) / 2;
  const between = n ** 2 * ranks.reduce((sum, rank) => sum + (rank - centre) ** 2, 0);
  const within = ranked.flat().reduce((sum, rank) => sum + (rank - centre) ** 2, 0);
  if (n < 2 || k < 2 || within === 0) return { ranks, n, p: 1 };
  const chiSquare = ((k - 1) * between) / within;
  const rest = n * (k - 1) - chiSquare;
  // The same order everywhere.
  if (rest <= 1e-12 * chiSquare) return { ranks, n, p: 0 };
  const f = ((n - 1) * chiSquare) / rest;
  const [d1, d2] = [k - 1, (k - 1) * (n - 1)];
  const whole = d2 + d1 * f;
  return { ranks, n, p: incompleteBeta(d2 / whole, (d1 * f) / whole, d2 / 2, d1 / 2) };
}
