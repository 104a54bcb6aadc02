import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";

const SCRIPT = join(import.meta.dirname, "..", "benchmarks", "privacy", "serve.py");

const loaded = z.strictObject({ rows: z.number().int(), users: z.number().int() });

/** What one training on PyTorch's side came to; see benchmarks/privacy/serve.py. */
export const torchAnswer = z.strictObject({
  version: z.string().describe("of PyTorch"),
  auc: z.number(),
  seconds: z.number(),
  rate: z.number().optional(),
  steps: z.number().int().optional(),
});

export type TorchAnswer = z.infer<typeof torchAnswer>;

/** PyTorch in a process of its own, asked in lines of JSON. */
export interface Torch {
  readonly load: (request: object) => Promise<z.infer<typeof loaded>>;
  readonly train: (request: object) => Promise<TorchAnswer>;
  readonly close: () => void;
}

/** Undefined where the interpreter is missing or has no PyTorch. */
export async function startTorch(python: string): Promise<Torch | undefined> {
  const child = spawn(python, ["-B", "-W", "ignore", SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<undefined>((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("exit", () => resolve(undefined));
  });
  child.stdin.on("error", () => undefined); // the end of the process is noticed below
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const line = await Promise.race([lines.next(), ended]);
    return line === undefined || line.done === true ? undefined : JSON.parse(line.value);
  };
  const ask = async (request: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const reply = await answer();
    if (reply === undefined) throw new Error(`PyTorch ended at ${JSON.stringify(request)}`);
    return reply;
  };
  if ((await answer()) === undefined) return undefined;
  return {
    load: async (request) => loaded.parse(await ask({ op: "load", ...request })),
    train: async (request) => torchAnswer.parse(await ask({ op: "train", ...request })),
    close: () => child.stdin.end(),
  };
}
