import { join } from "node:path";
import { z } from "zod";
import { startPython } from "../../../benchmarks/python-process.ts";

const SCRIPT = join(import.meta.dirname, "..", "..", "..", "benchmarks", "privacy", "serve.py");

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
  const child = await startPython(python, SCRIPT);
  return (
    child && {
      load: async (request) => loaded.parse(await child.ask({ op: "load", ...request })),
      train: async (request) => torchAnswer.parse(await child.ask({ op: "train", ...request })),
      close: child.close,
    }
  );
}
