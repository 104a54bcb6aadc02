/** Hands out threads, first come, first served; whoever asks for more than there are gets all of them. */
export function threadLimit(
  threads: number,
): <T>(count: number, work: () => Promise<T>) => Promise<T> {
  const waiting: { readonly count: number; readonly start: () => void }[] = [];
  let free = threads;
  const next = () => {
    while (waiting.length > 0 && waiting[0]!.count <= free) {
      const { count, start } = waiting.shift()!;
      free -= count;
      start();
    }
  };
  return async (asked, work) => {
    const count = Math.min(Math.max(1, asked), threads);
    await new Promise<void>((start) => {
      waiting.push({ count, start });
      next();
    });
    try {
      return await work();
    } finally {
      free += count;
      next();
    }
  };
}
