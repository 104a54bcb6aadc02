import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";
import { setFlag } from "./set-flag.ts";

export interface PrepareFlags {
  readonly set?: readonly string[];
  readonly quiet: boolean;
  readonly json: boolean;
}

export const prepareCommand = buildCommand<PrepareFlags, [string], AtollContext>({
  docs: {
    brief: "Read every client's rows into the cache, from which runs start at once",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "the experiment, a YAML file", parse: String, placeholder: "FILE" }],
    },
    flags: {
      set: setFlag,
      quiet: { kind: "boolean", default: false, brief: "print the final table only" },
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  loader: lazily(() => import("./prepare.action.ts")),
});
