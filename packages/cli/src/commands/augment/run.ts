import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { examplesFlag, experimentParameter, type AugmentFlags } from "./work-flags.ts";
import { setFlag } from "../set-flag.ts";

export interface AugmentRunFlags extends AugmentFlags {
  readonly examples: number;
  readonly quiet: boolean;
}

export const runCommand = buildCommand<AugmentRunFlags, [string], AtollContext>({
  docs: {
    brief: "Ask a language model all that a run of the experiment would ask; answers are kept",
  },
  parameters: {
    positional: experimentParameter,
    flags: {
      set: setFlag,
      examples: examplesFlag("3"),
      quiet: { kind: "boolean", default: false, brief: "print the final report only" },
      json: { kind: "boolean", default: false, brief: "one JSON event per line, the report last" },
    },
  },
  loader: lazily(() => import("./run.action.ts")),
});
