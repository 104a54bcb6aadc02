import type { Clock } from "./clock.ts";

const MINUTE_MS = 60_000;

export interface RateLimits {
  /** Waits for the turn of a call of so many tokens; first come, first served. */
  readonly pass: (tokens: number, signal: AbortSignal) => Promise<void>;
  /** Nobody passes for so long. */
  readonly pause: (ms: number) => void;
}

/**
 * Calls, and tokens of calls, in any minute at most. A bucket of tokens would let twice as many pass in the
 * minute that begins with a full one; so what the latest minute had is remembered. A call of more tokens than
 * a minute may have passes alone.
 */
export function rateLimits(
  limits: {
    readonly requestsPerMinute?: number | undefined;
    readonly tokensPerMinute?: number | undefined;
  },
  clock: Clock,
): RateLimits {
  const calls = latestMinute(limits.requestsPerMinute ?? Infinity);
  const tokens = latestMinute(limits.tokensPerMinute ?? Infinity);
  let pausedUntil = -Infinity;
  let line: Promise<void> = Promise.resolve();

  const turn = async (amount: number, signal: AbortSignal): Promise<void> => {
    while (true) {
      signal.throwIfAborted();
      const now = clock.now();
      const wait = Math.max(pausedUntil - now, calls.waitFor(1, now), tokens.waitFor(amount, now));
      if (wait <= 0) {
        calls.add(1, now);
        tokens.add(amount, now);
        return;
      }
      await clock.sleep(wait, signal);
    }
  };

  return {
    pass: async (amount, signal) => {
      const own = line.then(() => turn(amount, signal));
      line = own.catch(() => undefined);
      await own;
    },
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
  };
}

interface Passed {
  readonly at: number;
  readonly amount: number;
}

function latestMinute(limit: number) {
  let passed: Passed[] = [];
  let total = 0;
  const forget = (now: number) => {
    const kept = passed.findIndex(({ at }) => at > now - MINUTE_MS);
    const gone = kept < 0 ? passed.length : kept;
    for (let i = 0; i < gone; i++) total -= passed[i]!.amount;
    passed = gone === 0 ? passed : passed.slice(gone);
  };
  return {
    /** Milliseconds until so much more fits. */
    waitFor: (amount: number, now: number): number => {
      if (limit === Infinity) return 0;
      forget(now);
      let over = total + amount - limit;
      if (over <= 0) return 0;
      let last = now - MINUTE_MS;
      for (const one of passed) {
        last = one.at;
        over -= one.amount;
        if (over <= 0) break;
      }
      return last + MINUTE_MS - now;
    },
    add: (amount: number, now: number) => {
      if (limit === Infinity) return;
      passed.push({ at: now, amount });
      total += amount;
    },
  };
}
