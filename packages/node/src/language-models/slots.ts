export interface Slots {
  /** Rejects with the signal's reason once it is aborted. */
  readonly take: (signal: AbortSignal) => Promise<void>;
  readonly give: () => void;
}

/** So many at a time; the others wait in line. */
export function slots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();
  return {
    take: async (signal) => {
      signal.throwIfAborted();
      if (free > 0) {
        free--;
        return;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const leave = () => {
        waiting.delete(enter);
        reject(signal.reason as Error);
      };
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      waiting.add(enter);
      signal.addEventListener("abort", leave, { once: true });
      await promise;
    },
    give: () => {
      const [next] = waiting;
      if (next === undefined) free++;
      else {
        waiting.delete(next);
        next();
      }
    },
  };
}
