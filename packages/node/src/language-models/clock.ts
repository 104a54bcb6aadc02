import { setTimeout as after } from "node:timers/promises";

export interface Clock {
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  /** Rejects with the signal's reason once it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await after(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};
