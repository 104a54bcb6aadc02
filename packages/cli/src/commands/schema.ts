import { buildCommand } from "@stricli/core";
import { experimentJsonSchema } from "@atoll/node/experiment";
import type { AtollContext } from "../context.ts";

export const schemaCommand = buildCommand<Record<never, never>, [], AtollContext>({
  docs: { brief: "Print the JSON Schema of experiment files, for editors" },
  parameters: {},
  func: async function (this: AtollContext) {
    this.process.stdout.write(`${JSON.stringify(experimentJsonSchema(), null, 2)}\n`);
  },
});
