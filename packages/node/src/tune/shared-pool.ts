import { workerPool, type WorkerPool } from "../workers/index.ts";

/** Worker threads that outlive a run. */
export interface SharedPool {
  /** Stands in for `workerPool`: the same threads for the same request, emptied when a run closes them. */
  readonly open: typeof workerPool;
  readonly close: () => Promise<void>;
}

/** One run at a time may hold the pool. */
export function sharedPool(): SharedPool {
  let held: { readonly key: string; readonly pool: WorkerPool } | undefined;
  return {
    open: (numThreads, engine) => {
      const key = JSON.stringify([numThreads, engine]);
      if (held?.key !== key) {
        // A space may hold engine settings: threads that were started with others are of no use.
        void held?.pool.close();
        held = { key, pool: workerPool(numThreads, engine) };
      }
      const { pool } = held;
      return { ...pool, close: pool.clear };
    },
    close: async () => held?.pool.close(),
  };
}
