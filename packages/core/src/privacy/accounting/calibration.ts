import type { Accountant } from "./accountant.ts";
import type { Uses } from "./mechanism.ts";

/** How far above the least noise the one that is found may lie, as a ratio. */
const PRECISION = 1e-5;
const LARGEST_NOISE = 2 ** 40;
const LARGEST_COUNT = 2 ** 40;

export interface Target {
  readonly accountant: Accountant;
  /** Most that may be promised. */
  readonly epsilon: number;
  readonly delta: number;
}

/**
 * The least noise, to a hundred-thousandth and rounded up, whose uses cost at most epsilon: what is promised
 * for the result never passes the target. 0 where no noise is needed, Infinity where none is enough. Cost has
 * to fall as noise grows.
 */
export function noiseMultiplierFor({
  accountant,
  epsilon,
  delta,
  uses,
}: Target & { readonly uses: (noiseMultiplier: number) => readonly Uses[] }): number {
  const fits = (noise: number): boolean => accountant.epsilon(uses(noise), delta) <= epsilon;
  checkTarget({ accountant, epsilon, delta }, uses(1));
  if (fits(0)) return 0;
  let high = 1;
  while (!fits(high)) {
    high *= 2;
    if (high > LARGEST_NOISE) return Infinity;
  }
  let low = high / 2;
  while (low > 1 / LARGEST_NOISE && fits(low)) {
    high = low;
    low /= 2;
  }
  while (high > low * (1 + PRECISION)) {
    const middle = Math.sqrt(low * high);
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The largest whole number of uses that, together with those before, cost at most epsilon: 0 where one is too
 * many, Infinity where they cost nothing, at most 2^40 else. Cost has to grow with the count.
 */
export function largestCount({
  accountant,
  epsilon,
  delta,
  before = [],
  uses,
}: Target & {
  readonly before?: readonly Uses[];
  readonly uses: (count: number) => readonly Uses[];
}): number {
  const fits = (count: number): boolean =>
    accountant.epsilon([...before, ...uses(count)], delta) <= epsilon;
  checkTarget({ accountant, epsilon, delta }, [...before, ...uses(1)]);
  if (!fits(1)) return 0;
  let low = 1;
  let high = 2;
  while (fits(high)) {
    low = high;
    high *= 2;
    if (high > LARGEST_COUNT)
      return accountant.delta(uses(LARGEST_COUNT), 0) === 0 ? Infinity : LARGEST_COUNT;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function checkTarget({ accountant, epsilon }: Target, uses: readonly Uses[]): void {
  if (!(epsilon >= 0)) throw new RangeError(`epsilon is ${epsilon}; it must be 0 or more`);
  const refusal = accountant.refuses?.(uses);
  if (refusal !== undefined) throw new RangeError(refusal);
}
