import { buildCommand } from "@stricli/core";
import { experimentJsonSchema } from "@atoll/node/experiment";
import { tuneJsonSchema } from "@atoll/node/tune";
import type { AtollContext } from "../context.ts";

interface SchemaFlags {
  readonly tune: boolean;
}

export const schemaCommand = buildCommand<SchemaFlags, [], AtollContext>({
  docs: { brief: "Print the JSON Schema of experiment files, for editors" },
  parameters: {
    flags: {
      tune: { kind: "boolean", default: false, brief: "that of tune files instead" },
    },
  },
  func: async function (this: AtollContext, { tune }: SchemaFlags): Promise<void> {
    const schema = tune ? tuneJsonSchema() : experimentJsonSchema();
    this.process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  },
});
