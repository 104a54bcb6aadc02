import { join } from "node:path";
import type { FuzzRow } from "./results.ts";
import { startWorker } from "./workers.ts";

/** So many made-up frames and messages, each kind in a process of its own; throws where one of them breaks something. */
export async function measureFuzz(count: number): Promise<FuzzRow[]> {
  const kinds = ["frames", "messages"] as const;
  return Promise.all(
    kinds.map(async (kind) => {
      const worker = startWorker(join(import.meta.dirname, "fuzz-process.ts"));
      try {
        return await worker.ask<FuzzRow>(kind, { count, seed: 1 });
      } finally {
        await worker.stop();
      }
    }),
  );
}
