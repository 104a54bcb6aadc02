import { setImmediate } from "node:timers/promises";
import type { Clock } from "./clock.ts";

export interface VirtualClock extends Clock {
  /** Lets time pass, from one sleeper to the next, until the work is done. */
  readonly until: <T>(work: Promise<T>) => Promise<T>;
}

export function virtualClock(): VirtualClock {
  let now = 0;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const wake = () => {
          sleepers.delete(sleeper);
          resolve();
        };
        const sleeper = { at: now + Math.max(0, ms), wake };
        sleepers.add(sleeper);
        signal.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    until: async (work) => {
      let done = false;
      const end = () => {
        done = true;
      };
      work.then(end, end);
      while (true) {
        await setImmediate();
        if (done) return work;
        const [first] = [...sleepers].toSorted((a, b) => a.at - b.at);
        if (first === undefined) continue;
        now = Math.max(now, first.at);
        first.wake();
      }
    },
  };
}
