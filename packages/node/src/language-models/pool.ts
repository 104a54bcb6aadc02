/** Things that one caller at a time may have. */
export interface Pool<T> {
  /** Waits for a free one, gives it to `use` and takes it back. */
  readonly lend: <R>(use: (thing: T) => Promise<R>, signal: AbortSignal) => Promise<R>;
  /** Nothing is lent any more; settles when everything is back. */
  readonly close: () => Promise<void>;
}

interface Waiter<T> {
  readonly give: (thing: T) => void;
  readonly refuse: (reason: unknown) => void;
}

export function poolOf<T>(things: readonly T[]): Pool<T> {
  const free = [...things];
  const waiters = new Set<Waiter<T>>();
  let closed = false;
  let allBack: (() => void) | undefined;

  const take = (signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      const found = free.pop();
      if (found !== undefined) return resolve(found);
      const leave = () => {
        waiters.delete(waiter);
        signal.removeEventListener("abort", abort);
      };
      const abort = () => waiter.refuse(signal.reason);
      const waiter: Waiter<T> = {
        give: (thing) => {
          leave();
          resolve(thing);
        },
        refuse: (reason) => {
          leave();
          reject(reason);
        },
      };
      waiters.add(waiter);
      signal.addEventListener("abort", abort);
    });

  const putBack = (thing: T): void => {
    const [next] = waiters;
    if (next !== undefined) return next.give(thing);
    free.push(thing);
    if (free.length === things.length) allBack?.();
  };

  return {
    async lend(use, signal) {
      signal.throwIfAborted();
      if (closed) throw new RangeError("lend: the pool is closed");
      const thing = await take(signal);
      try {
        return await use(thing);
      } finally {
        putBack(thing);
      }
    },
    close() {
      closed = true;
      for (const waiter of waiters) waiter.refuse(new RangeError("lend: the pool is closed"));
      if (free.length === things.length) return Promise.resolve();
      return new Promise((resolve) => (allBack = resolve));
    },
  };
}
