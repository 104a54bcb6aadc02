import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";

export interface SchemaFlags {
  readonly tune: boolean;
}

export const schemaCommand = buildCommand<SchemaFlags, [string?], AtollContext>({
  docs: { brief: "Print the JSON Schema of experiment files, for editors" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "an experiment: what its extensions add is in the schema too",
          parse: String,
          placeholder: "EXPERIMENT",
          optional: true,
        },
      ],
    },
    flags: {
      tune: { kind: "boolean", default: false, brief: "that of tune files instead" },
    },
  },
  loader: lazily(() => import("./schema.action.ts")),
});
