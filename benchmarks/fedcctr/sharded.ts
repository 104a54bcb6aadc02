import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ours, type RoundOptions } from "./ours.ts";
import type { RoundSetting } from "./setting.ts";

/** Rounds of all clients on so many threads, each with a part of the clients. */
export async function sharded(setting: RoundSetting, threads: number) {
  if (threads === 1) return ours(setting);
  const shards = Array.from({ length: threads }, (_, shard) => {
    const count = Math.ceil((setting.clients - shard) / threads);
    const users = Int32Array.from({ length: count }, (__, i) => shard + i * threads);
    return new Worker(new URL("./shard.ts", import.meta.url), { workerData: { setting, users } });
  });
  await Promise.all(shards.map((shard) => once(shard, "message")));
  return {
    round: async (options: RoundOptions) => {
      const sums = shards.map(async (shard) => {
        const answer = once(shard, "message") as Promise<[Float64Array]>;
        shard.postMessage(options);
        return (await answer)[0];
      });
      const [sum, ...others] = await Promise.all(sums);
      for (const other of others) for (let i = 0; i < sum!.length; i++) sum![i]! += other[i]!;
      return sum!;
    },
    close: async () => {
      await Promise.all(shards.map((shard) => shard.terminate()));
    },
  };
}
