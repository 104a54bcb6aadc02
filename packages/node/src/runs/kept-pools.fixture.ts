import { engineConfig } from "../executor/index.ts";
import { workerPool, type WorkerPool } from "../workers/index.ts";

/** Threads that the runs of a file share, one run after another: starting them takes longer than what they do. */
export interface KeptPools {
  /** For `RunOptions.openPool`: a thread of its own for runs with one, two threads for those with more. */
  readonly open: typeof workerPool;
  readonly close: () => Promise<void>;
}

export function keptPools(): KeptPools {
  const pools = new Map<number, WorkerPool>();
  return {
    open: (threads) => {
      const numThreads = threads === 1 ? 1 : 2;
      const pool = pools.get(numThreads) ?? workerPool(numThreads, engineConfig.parse({}));
      pools.set(numThreads, pool);
      return { ...pool, close: pool.clear };
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}
