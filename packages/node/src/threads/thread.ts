import "./no-telemetry.ts";
import { Worker } from "node:worker_threads";
import { fromFailure } from "./failure.ts";
import type { Notice, NumberedAnswer, NumberedCall } from "./protocol.ts";

/** A worker thread that answers calls. A thread that dies fails the calls that wait for it. */
export interface CallThread<Call> {
  readonly call: (call: Call) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Starts the module at `url`, which must use `serveCalls`; it finds `workerData` in node:worker_threads. */
export function startThread<Call>(
  url: URL,
  workerData?: unknown,
  onNotice: (value: unknown) => void = () => {},
): CallThread<Call> {
  const worker = new Worker(url, { workerData });
  const waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  let numCalls = 0;
  worker.on("message", (answer: NumberedAnswer | Notice) => {
    if (answer.kind === "notice") {
      onNotice(answer.value);
      return;
    }
    const call = waiting.get(answer.number);
    waiting.delete(answer.number);
    if (answer.kind === "ok") call?.resolve(answer.value);
    else call?.reject(fromFailure(answer.failure));
  });
  // A promise that never settles would hang the run.
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`a worker thread ended with exit code ${code}`)));
  return {
    call: (call) =>
      new Promise((resolve, reject) => {
        const number = numCalls++;
        waiting.set(number, { resolve, reject });
        worker.postMessage({ number, call } satisfies NumberedCall<Call>);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}
