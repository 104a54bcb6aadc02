import type { SplitClient } from "@atoll/core/data";
import type { ClientConnection, WorkProgress } from "@atoll/core/federation";
import type { EngineConfig } from "../executor/index.ts";
import { startThread, type CallThread } from "../threads/index.ts";
import type { PartyProgress, PartySpec, WorkerCall } from "./protocol.ts";

/** A party in some worker thread: a carrier of encoded messages, and its checkpoint. */
export interface RemoteParty extends ClientConnection {
  /** Writes its state to a file, from the thread that holds it. */
  readonly save: (path: string) => Promise<void>;
}

interface Host {
  readonly thread: CallThread<WorkerCall>;
  /** Rows that the thread has or is being given. Those on disk take a while to open there. */
  readonly splits: Map<string, Promise<unknown>>;
  /** Rows of the parties open here: new parties go where there are fewest. */
  load: number;
}

export interface OpenOptions {
  /** The file of a saved state to go on from. */
  readonly statePath?: string | undefined;
  readonly onProgress?: (progress: WorkProgress) => void;
}

/** Worker threads that host parties. Where a party lives never changes a number. */
export interface WorkerPool {
  readonly numThreads: number;
  readonly open: (
    party: PartySpec,
    rows: number,
    splitOf: (key: string) => SplitClient,
    options?: OpenOptions,
  ) => Promise<RemoteParty>;
  /** Drops the rows that the threads hold, so that another run can bring its own. */
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export function workerPool(numThreads: number, engine: EngineConfig): WorkerPool {
  const watchers = new Map<string, (progress: WorkProgress) => void>();
  const onNotice = (value: unknown) => {
    const { id, progress } = value as PartyProgress;
    watchers.get(id)?.(progress);
  };
  const hosts = Array.from({ length: numThreads }, (): Host => ({
    thread: startThread(new URL("./party-worker.ts", import.meta.url), engine, onNotice),
    splits: new Map(),
    load: 0,
  }));
  const call = async (host: Host, request: WorkerCall): Promise<Uint8Array> =>
    ((await host.thread.call(request)) as Uint8Array | undefined) ?? new Uint8Array();

  return {
    numThreads,
    open: async (party, rows, splitOf, { statePath, onProgress } = {}) => {
      if (onProgress !== undefined) watchers.set(party.id, onProgress);
      const host = hosts.reduce((least, other) => (other.load < least.load ? other : least));
      host.load += rows;
      for (const key of party.splits) {
        const given = host.splits.get(key) ?? call(host, { op: "split", key, split: splitOf(key) });
        host.splits.set(key, given);
        await given;
      }
      await call(host, { op: "open", party, ...(statePath && { statePath }) });
      return {
        name: party.name,
        request: (bytes) => call(host, { op: "request", id: party.id, bytes }),
        save: async (path) => {
          await call(host, { op: "save", id: party.id, path });
        },
        close: async () => {
          host.load -= rows;
          watchers.delete(party.id);
          await call(host, { op: "close", id: party.id });
        },
      };
    },
    clear: async () => {
      for (const host of hosts) host.splits.clear();
      await Promise.all(hosts.map((host) => call(host, { op: "clear" })));
    },
    close: async () => {
      await Promise.all(hosts.map((host) => host.thread.close()));
    },
  };
}
