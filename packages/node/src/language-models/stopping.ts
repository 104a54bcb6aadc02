/** When to stop, and who has to land before it is said. */
export interface Stopping {
  /** Aborted with the reason to stop. */
  readonly signal: AbortSignal;
  /** Stops for the reason, unless there was one before. */
  readonly stop: (reason: Error) => void;
  /** Runs what must not be cut off by `stop`: a call, up to its answer in the store. */
  readonly flight: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves once nothing is in flight. */
  readonly landed: () => Promise<void>;
}

export function stopping(outer: AbortSignal): Stopping {
  const inner = new AbortController();
  const signal = AbortSignal.any([outer, inner.signal]);
  let flying = 0;
  let waiting: (() => void)[] = [];
  return {
    signal,
    stop: (reason) => inner.abort(reason),
    flight: async (work) => {
      flying++;
      try {
        return await work();
      } finally {
        flying--;
        if (flying === 0) {
          const all = waiting;
          waiting = [];
          for (const one of all) one();
        }
      }
    },
    landed: async () => {
      if (flying > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
