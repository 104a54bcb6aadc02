import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { recordOfStopped, runParameter, serverFolder } from "../deployment-flags.ts";

export interface LogsFlags {
  readonly follow: boolean;
  readonly json: boolean;
  readonly record?: string;
}

export const logsCommand = buildCommand<LogsFlags, [string, string], AtollContext>({
  docs: { brief: "Print a run's metrics, round by round" },
  parameters: {
    positional: { kind: "tuple", parameters: [serverFolder, runParameter] },
    flags: {
      follow: { kind: "boolean", default: false, brief: "go on until the run ends" },
      json: { kind: "boolean", default: false, brief: "one JSON object per client and round" },
      record: recordOfStopped,
    },
  },
  loader: lazily(() => import("./logs.action.ts")),
});
