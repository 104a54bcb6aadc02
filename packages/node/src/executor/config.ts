import { z } from "zod";
import { executionProviders, type ExecutionProvider } from "./providers.ts";

const providers = Object.keys(executionProviders) as [ExecutionProvider, ...ExecutionProvider[]];

/** The `engine:` block of an experiment: where and how programs run. */
export const engineConfig = z.strictObject({
  executionProviders: z
    .array(z.enum(providers))
    .min(1)
    .default(["cpu"])
    .describe(
      "where operators run, in order of preference; what a provider lacks, the next one does",
    ),
  threadsPerClient: z
    .number()
    .int()
    .positive()
    .default(1)
    .describe(
      "threads within one operator for each client that trains: pays where few clients train wide models; the last digits of results depend on it",
    ),
});

export type EngineConfig = z.infer<typeof engineConfig>;
