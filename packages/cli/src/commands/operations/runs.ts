import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { json, recordOfStopped, runParameter, serverFolder } from "../deployment-flags.ts";

export interface RunsFlags {
  readonly metric?: string;
  readonly json: boolean;
  readonly record?: string;
}

export const runsCommand = buildCommand<RunsFlags, [string, string?], AtollContext>({
  docs: { brief: "List a server's runs; or show one: who took part, and the results by method" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [serverFolder, { ...runParameter, optional: true }],
    },
    flags: {
      metric: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "which metric the table shows; default: the experiment's first",
        placeholder: "NAME",
      },
      json,
      record: recordOfStopped,
    },
  },
  loader: lazily(() => import("./runs.action.ts")),
});
