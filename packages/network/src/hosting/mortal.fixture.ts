/** Something that a server works with until it is killed. */
export interface Life {
  readonly isOver: () => boolean;
  readonly end: () => void;
  readonly ended: Promise<void>;
  /** Settles when nothing of it is on its way any more. */
  readonly settled: () => Promise<void>;
  readonly during: <T>(work: Promise<T>) => Promise<T>;
}

export function newLife(): Life {
  let over = false;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const inFlight = new Set<Promise<unknown>>();
  return {
    isOver: () => over,
    end: () => {
      over = true;
      resolve();
    },
    ended,
    settled: async () => {
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
    },
    during: (work) => {
      inFlight.add(work);
      void Promise.allSettled([work]).then(() => inFlight.delete(work));
      return work;
    },
  };
}

const never = new Promise<never>(() => {});

/**
 * The same functions, until the life is over: then none does anything, and none answers, so that whoever waits for
 * one goes no further. That is what a kill does to a process.
 */
export function mortal<T extends object>(of: T, life: Life): T {
  const wrapped = Object.entries(of).map(([name, work]) => {
    const call = (...args: unknown[]): unknown => {
      if (life.isOver()) return never;
      const result = (work as (...given: unknown[]) => unknown)(...args);
      if (!(result instanceof Promise)) return result;
      return life.during(result).then(
        (value: unknown) => (life.isOver() ? never : value),
        (error: unknown) => (life.isOver() ? never : Promise.reject(error as Error)),
      );
    };
    return [name, call];
  });
  return Object.fromEntries(wrapped) as T;
}
