import { buildCommand } from "@stricli/core";
import { experimentJsonSchema } from "@atoll/node/experiment";
import type { AtollContext } from "../context.ts";

export const schemaCommand = buildCommand({
  docs: { brief: "Print the JSON Schema of experiment files, for editors" },
  parameters: {},
  func: async function (this: AtollContext): Promise<void> {
    this.process.stdout.write(`${JSON.stringify(experimentJsonSchema(), null, 2)}\n`);
  },
});
