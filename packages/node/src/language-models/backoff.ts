const FIRST_MS = 1000;
const MOST_MS = 60_000;

/**
 * The pause before try `attempt` + 1 of a call, attempt counted from 0: uniform between 0 and what doubles with
 * every try (full jitter; M. Brooker, Exponential backoff and jitter, AWS Architecture Blog, 2015), so that calls
 * that failed together do not come back together. `uniform` is in [0, 1).
 */
export function backoffMs(attempt: number, uniform: number): number {
  return uniform * Math.min(MOST_MS, FIRST_MS * 2 ** attempt);
}
