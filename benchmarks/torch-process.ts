import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";

/** PyTorch in a process of its own, asked in lines of JSON; see torch/serve.py. */
export interface TorchProcess {
  readonly version: string;
  readonly prepare: (workload: string, threads: number) => Promise<void>;
  /** Seconds that `steps` steps took, measured on the other side. */
  readonly time: (steps: number) => Promise<number>;
  readonly close: () => void;
}

/** Undefined where the interpreter is missing or has no PyTorch. */
export async function startTorch(python: string): Promise<TorchProcess | undefined> {
  const script = join(import.meta.dirname, "torch", "serve.py");
  const child = spawn(python, ["-W", "ignore", script], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<undefined>((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("exit", () => resolve(undefined));
  });
  child.stdin.on("error", () => undefined); // the end of the process is noticed below
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, unknown> | undefined> => {
    const line = await Promise.race([lines.next(), ended]);
    if (line === undefined || line.done === true) return undefined;
    return JSON.parse(line.value) as Record<string, unknown>;
  };
  const ask = async (request: object): Promise<Record<string, unknown>> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const reply = await answer();
    if (reply === undefined) throw new Error(`PyTorch ended at ${JSON.stringify(request)}`);
    return reply;
  };
  const hello = await answer();
  if (hello === undefined) return undefined;
  return {
    version: String(hello["version"]),
    prepare: async (workload, threads) => {
      await ask({ op: "prepare", workload, threads });
    },
    time: async (steps) => Number((await ask({ op: "time", steps }))["seconds"]),
    close: () => child.stdin.end(),
  };
}
