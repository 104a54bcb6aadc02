import { parentPort } from "node:worker_threads";
import { toFailure } from "./failure.ts";
import type { Notice, NumberedAnswer, NumberedCall } from "./protocol.ts";

/** Inside a worker thread: answers every call of the thread that started it. */
export function serveCalls(answer: (call: never) => Promise<unknown>): void {
  const port = parentPort!;
  port.on("message", ({ number, call }: NumberedCall<never>) => {
    answer(call).then(
      (value) => port.postMessage({ number, kind: "ok", value } satisfies NumberedAnswer),
      (error: unknown) =>
        port.postMessage({
          number,
          kind: "failed",
          failure: toFailure(error),
        } satisfies NumberedAnswer),
    );
  });
}

/** Inside a worker thread: tells the thread that started it something it did not ask for. */
export function notify(value: unknown): void {
  parentPort!.postMessage({ kind: "notice", value } satisfies Notice);
}
