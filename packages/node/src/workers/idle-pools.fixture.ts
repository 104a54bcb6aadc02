import { workerPool, type WorkerPool } from "./pool.ts";

/** Threads that outlive what asks for them: starting one takes longer than what it does in a test. */
export interface IdlePools {
  /** Stands in for `workerPool`: threads that another left for the same request, emptied, else new ones. */
  readonly open: typeof workerPool;
  /** Ends all of them. */
  readonly close: () => Promise<void>;
}

export function idlePools(): IdlePools {
  const all: WorkerPool[] = [];
  const idle = new Map<string, WorkerPool[]>();
  return {
    open: (numThreads, engine) => {
      const key = JSON.stringify([numThreads, engine]);
      const free = idle.get(key) ?? [];
      idle.set(key, free);
      let pool = free.pop();
      if (pool === undefined) all.push((pool = workerPool(numThreads, engine)));
      const own = pool;
      let closed: Promise<void> | undefined;
      const close = async () => {
        await own.clear();
        free.push(own);
      };
      return { ...own, close: () => (closed ??= close()) };
    },
    close: async () => {
      idle.clear();
      await Promise.all(all.splice(0).map((pool) => pool.close()));
    },
  };
}
