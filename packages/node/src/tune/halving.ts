/** One stage of a tune: so many settings, each for so many rounds. */
export interface Rung {
  readonly trials: number;
  readonly rounds: number;
}

export interface HalvingOptions {
  readonly trials: number;
  readonly eta: number;
  readonly minimumRounds: number;
  readonly maximumRounds: number;
}

/**
 * The rungs of successive halving (Jamieson & Talwalkar 2016, arXiv 1502.07943), with the numbers of one
 * bracket of Hyperband (Li et al. 2018, arXiv 1603.06560, algorithm 1): with n settings, at most R rounds
 * and s promotions, rung i = 0 .. s has
 *
 *   n_i = floor(n / eta^i) settings,    r_i = floor(R / eta^(s - i)) rounds.
 *
 * s is the largest number with r_0 >= the minimum and n_s >= 1: where settings are few, the short rungs
 * are left out, not the long one.
 *
 * @example
 * rungsOf({ trials: 9, eta: 3, minimumRounds: 1, maximumRounds: 20 }) // [{ trials: 9, rounds: 2 }, { trials: 3, rounds: 6 }, { trials: 1, rounds: 20 }]
 */
export function rungsOf({ trials, eta, minimumRounds, maximumRounds }: HalvingOptions): Rung[] {
  let promotions = 0;
  while (
    Math.floor(maximumRounds / eta ** (promotions + 1)) >= minimumRounds &&
    Math.floor(trials / eta ** (promotions + 1)) >= 1
  )
    promotions++;
  return Array.from({ length: promotions + 1 }, (_, i) => ({
    trials: Math.floor(trials / eta ** i),
    rounds: Math.floor(maximumRounds / eta ** (promotions - i)),
  }));
}

/** The best `count` of the measured ones, best first; of equal values the earlier one. Failed ones never. */
export function promote<T extends { readonly value: number | undefined }>(
  trials: readonly T[],
  count: number,
  higherIsBetter: boolean,
): T[] {
  const sign = higherIsBetter ? -1 : 1;
  return trials
    .filter((trial) => trial.value !== undefined)
    .toSorted((a, b) => sign * (a.value! - b.value!))
    .slice(0, count);
}
