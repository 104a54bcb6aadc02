import { join } from "node:path";
import { startPython } from "../python-process.ts";

/** How PyTorch sums clients' gradients; see clients.py. */
export type Way = "copies" | "loop" | "batched" | "vmap";

/** PyTorch in a process of its own; see serve.py. */
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

/** Undefined where the interpreter is missing or has no PyTorch. */
export async function startTorch(python: string): Promise<Torch | undefined> {
  const served = await startPython(python, join(import.meta.dirname, "serve.py"));
  if (served === undefined) return undefined;
  const { hello, ask, close } = served;
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
    close,
  };
}
