import { workerPool, type WorkerPool } from "../workers/index.ts";

/** Worker threads that outlive a run. */
export interface SharedPool {
  /** Stands in for `workerPool`: threads that another run left for the same request, else new ones. */
  readonly open: typeof workerPool;
  /** Ends the threads that no run holds. */
  readonly close: () => Promise<void>;
}

/** Runs that go on side by side have threads of their own, by `openNew`; what one leaves, emptied, the next one takes. */
export function sharedPool(openNew: typeof workerPool = workerPool): SharedPool {
  const idle: { readonly key: string; readonly pool: WorkerPool }[] = [];
  return {
    open: (numThreads, engine) => {
      const key = JSON.stringify([numThreads, engine]);
      const held = idle.find((own) => own.key === key);
      const pool = held?.pool ?? openNew(numThreads, engine);
      // Experiments may differ in engine settings: threads that were started with others are of no use.
      for (const other of idle.splice(0)) if (other !== held) void other.pool.close();
      return {
        ...pool,
        close: async () => {
          await pool.clear();
          idle.push({ key, pool });
        },
      };
    },
    close: async () => {
      await Promise.all(idle.splice(0).map(({ pool }) => pool.close()));
    },
  };
}
