import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";

/** How PyTorch sums clients' gradients; see clients.py. */
export type Way = "copies" | "loop" | "batched" | "vmap";

export interface Torch {
  readonly version: string;
  readonly load: (path: string) => Promise<void>;
  /** Seconds of a round of all clients, measured on the other side; a loop has one thread, whose operations are small. */
  readonly time: (
    way: Way,
    options: { readonly clipped: boolean; readonly threads: number },
  ) => Promise<number>;
  /** Writes the sum of a round without dropout. */
  readonly sum: (way: Way, clipped: boolean, path: string) => Promise<void>;
  readonly close: () => void;
}

/** PyTorch in a process of its own, asked in lines of JSON; undefined where there is none. */
export async function startTorch(python: string): Promise<Torch | undefined> {
  const script = join(import.meta.dirname, "serve.py");
  const child = spawn(python, ["-B", "-W", "ignore", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
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
    load: async (path) => {
      await ask({ op: "load", path });
    },
    time: async (way, { clipped, threads }) => {
      const own = way === "copies" || way === "loop" ? 1 : threads;
      return Number((await ask({ op: "time", way, clipped, threads: own }))["seconds"]);
    },
    sum: async (way, clipped, path) => {
      await ask({ op: "sum", way, clipped, path });
    },
    close: () => child.stdin.end(),
  };
}
