import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { htmlFile, json } from "./flags.ts";

export interface ExplainFlags {
  readonly json: boolean;
  readonly html?: string;
}

export const explainCommand = buildCommand<ExplainFlags, string[], AtollContext>({
  docs: {
    brief: "What runs released, by whom, to what total, and what that means in words",
    fullDescription:
      "PATH is a run's folder, a ledger file, or an exported ledger. Where methods or runs differ in epsilon, also what each promise costs in the headline metric.",
  },
  parameters: {
    positional: {
      kind: "array",
      parameter: {
        brief: "a run's folder, a ledger, or an exported ledger",
        parse: String,
        placeholder: "PATH",
      },
      minimum: 1,
    },
    flags: { json, html: htmlFile("the headline metric against epsilon") },
  },
  loader: lazily(() => import("./explain.action.ts")),
});
