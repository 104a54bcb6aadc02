import { z } from "zod";

/** `manifest.json`: what an export holds, so that a copy can be checked. */
export const manifestSchema = z.strictObject({
  schema: z.literal("atoll/export/v1"),
  experiment: z.string().describe("its name"),
  method: z.string().describe("whose models these are"),
  seed: z.number().int().describe("of the training"),
  clients: z.array(z.string()).describe("in the order of the run"),
  versions: z.record(z.string(), z.string()).describe("of what wrote the files"),
  files: z
    .array(
      z.strictObject({
        path: z.string().describe("within the folder"),
        bytes: z.number().int().describe("its size"),
        sha256: z.string().describe("in hexadecimal digits"),
      }),
    )
    .describe("every file but this one"),
});

export type Manifest = z.infer<typeof manifestSchema>;
