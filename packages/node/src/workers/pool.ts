import { Worker } from "node:worker_threads";
import type { SplitClient } from "@atoll/core/data";
import type { ClientConnection } from "@atoll/core/federation";
import { fromFailure } from "./failure.ts";
import type { PartySpec, WorkerAnswer, WorkerCall } from "./protocol.ts";

/** A party in some worker thread: a carrier of encoded messages, and its checkpoint. */
export interface RemoteParty extends ClientConnection {
  readonly save: () => Promise<Uint8Array>;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<
    number,
    { resolve: (answer: WorkerAnswer) => void; reject: (error: Error) => void }
  >;
  readonly splits: Set<string>;
  /** Rows of the parties open here: new parties go where there are fewest. */
  load: number;
}

/** Worker threads that host parties. Where a party lives never changes a number. */
export interface WorkerPool {
  readonly numThreads: number;
  readonly open: (
    party: PartySpec,
    rows: number,
    splitOf: (key: string) => SplitClient,
    state?: Uint8Array,
  ) => Promise<RemoteParty>;
  readonly close: () => Promise<void>;
}

export function workerPool(numThreads: number): WorkerPool {
  const threads = Array.from({ length: numThreads }, startThread);
  let numCalls = 0;

  const call = async (thread: Thread, request: WorkerCall): Promise<Uint8Array> => {
    const number = numCalls++;
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      thread.waiting.set(number, { resolve, reject });
      thread.worker.postMessage({ number, call: request });
    });
    if (answer.kind === "failed") throw fromFailure(answer.failure);
    return answer.bytes ?? new Uint8Array();
  };

  return {
    numThreads,
    open: async (party, rows, splitOf, state) => {
      const thread = threads.reduce((least, other) => (other.load < least.load ? other : least));
      thread.load += rows;
      for (const key of party.splits) {
        if (thread.splits.has(key)) continue;
        thread.splits.add(key);
        await call(thread, { op: "split", key, split: splitOf(key) });
      }
      await call(thread, { op: "open", party, ...(state && { state }) });
      return {
        name: party.name,
        request: (bytes) => call(thread, { op: "request", id: party.id, bytes }),
        save: () => call(thread, { op: "save", id: party.id }),
        close: async () => {
          thread.load -= rows;
          await call(thread, { op: "close", id: party.id });
        },
      };
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.worker.terminate()));
    },
  };
}

function startThread(): Thread {
  const thread: Thread = {
    worker: new Worker(new URL("./party-worker.ts", import.meta.url)),
    waiting: new Map(),
    splits: new Set(),
    load: 0,
  };
  thread.worker.on("message", (answer: WorkerAnswer) => {
    thread.waiting.get(answer.call)?.resolve(answer);
    thread.waiting.delete(answer.call);
  });
  // A dead thread must fail its calls: a promise that never settles would hang the run.
  const fail = (error: Error) => {
    for (const { reject } of thread.waiting.values()) reject(error);
    thread.waiting.clear();
  };
  thread.worker.on("error", fail);
  thread.worker.on("exit", (code) =>
    fail(new Error(`a worker thread ended with exit code ${code}`)),
  );
  return thread;
}
