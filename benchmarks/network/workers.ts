import { fork } from "node:child_process";
import { once } from "node:events";

/** Functions of another process, by name; what they are given and what they give is JSON. */
export interface Worker {
  readonly pid: number;
  readonly ask: <T>(name: string, params?: unknown) => Promise<T>;
  readonly stop: () => Promise<void>;
  readonly kill: () => void;
  /** Settles when it has ended without being told to. */
  readonly died: Promise<void>;
}

type Answer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly problem: string }
);

/** Starts a process that runs `file`, with further flags of Node.js. */
export function startWorker(file: string, flags: readonly string[] = []): Worker {
  const child = fork(file, [], { execArgv: [...flags] });
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  const died = Promise.withResolvers<void>();
  let count = 0;
  let isStopping = false;
  child.on("message", (answer: Answer) => {
    const asked = open.get(answer.id);
    open.delete(answer.id);
    if ("problem" in answer) asked?.reject(new Error(answer.problem));
    else asked?.resolve(answer.value);
  });
  child.on("exit", (code, signal) => {
    if (!isStopping) died.resolve();
    for (const asked of open.values())
      asked.reject(new Error(`${file} ended with ${signal ?? code}`));
  });
  return {
    pid: child.pid!,
    ask: <T>(name: string, params: unknown = {}) => {
      const asked = Promise.withResolvers<unknown>();
      open.set(++count, asked);
      child.send({ id: count, name, params });
      return asked.promise as Promise<T>;
    },
    kill: () => child.kill("SIGKILL"),
    died: died.promise,
    stop: async () => {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

/** Answers whoever started this process, until it goes away. */
export function answering(
  functions: Readonly<Record<string, (params: never) => Promise<unknown>>>,
): void {
  process.on("message", ({ id, name, params }: { id: number; name: string; params: never }) => {
    functions[name]!(params).then(
      (value) => process.send?.({ id, value: value ?? null }),
      (error: unknown) =>
        process.send?.({ id, problem: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
}
