/** Room for so many trainings at once, whichever run they are of. */
export interface Slots {
  /** Works as soon as there is room; first come, first served. */
  readonly use: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether work would start at once. */
  readonly hasRoom: () => boolean;
}

/** `onFree` is called whenever room is left that nobody waits for. */
export function openSlots(count: number, onFree: () => void): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    use: async (work) => {
      if (free > 0) free -= 1;
      else await new Promise<void>((start) => waiting.push(start));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next !== undefined) next();
        else {
          free += 1;
          onFree();
        }
      }
    },
    hasRoom: () => free > 0,
  };
}
