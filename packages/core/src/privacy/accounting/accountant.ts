import type { Uses } from "./mechanism.ts";

/**
 * Adds up what releases cost together and says it as (epsilon, delta). Every value is an upper bound of the
 * truth. The uses have to be fixed in advance, in whatever order they come (`ledger/` decides what else is
 * legal).
 */
export interface Accountant {
  /** Least epsilon it can promise at this delta; Infinity where there is no promise. */
  readonly epsilon: (uses: readonly Uses[], delta: number) => number;
  /** Least delta it can promise at this epsilon. */
  readonly delta: (uses: readonly Uses[], epsilon: number) => number;
  /** Why it cannot account for these uses, with the way out; undefined where it can. */
  readonly refuses?: (uses: readonly Uses[]) => string | undefined;
}
