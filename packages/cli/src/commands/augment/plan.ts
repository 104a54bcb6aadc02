import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { experimentParameter, type AugmentFlags } from "./work-flags.ts";
import { setFlag } from "../set-flag.ts";

export const planCommand = buildCommand<AugmentFlags, [string], AtollContext>({
  docs: {
    brief: "Count what a language model would be asked, and estimate tokens and money; asks nobody",
  },
  parameters: {
    positional: experimentParameter,
    flags: {
      set: setFlag,
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  loader: lazily(() => import("./plan.action.ts")),
});
