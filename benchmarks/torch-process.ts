import { join } from "node:path";
import { startPython } from "./python-process.ts";

/** PyTorch in a process of its own; see torch/serve.py. */
export interface TorchProcess {
  readonly version: string;
  readonly prepare: (workload: string, threads: number) => Promise<void>;
  /** Seconds that `steps` steps took, measured on the other side. */
  readonly time: (steps: number) => Promise<number>;
  readonly close: () => void;
}

/** Undefined where the interpreter is missing or has no PyTorch. */
export async function startTorch(python: string): Promise<TorchProcess | undefined> {
  const served = await startPython(python, join(import.meta.dirname, "torch", "serve.py"));
  if (served === undefined) return undefined;
  const { hello, ask, close } = served;
  return {
    version: String(hello["version"]),
    prepare: async (workload, threads) => {
      await ask({ op: "prepare", workload, threads });
    },
    time: async (steps) => Number((await ask({ op: "time", steps }))["seconds"]),
    close,
  };
}
