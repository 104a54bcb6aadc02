/** Work under one key is done one piece after another; work under different keys goes on side by side. */
export interface Turns {
  readonly take: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  readonly isTaken: (key: string) => boolean;
  /** Once everything that was taken until now is done. */
  readonly done: () => Promise<void>;
}

export function createTurns(): Turns {
  const tails = new Map<string, Promise<unknown>>();
  return {
    take: (key, work) => {
      const turn = (tails.get(key) ?? Promise.resolve()).then(work);
      const tail = turn
        .catch(() => {})
        .finally(() => {
          if (tails.get(key) === tail) tails.delete(key);
        });
      tails.set(key, tail);
      return turn;
    },
    isTaken: (key) => tails.has(key),
    done: async () => {
      await Promise.all(tails.values());
    },
  };
}
