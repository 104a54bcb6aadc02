import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { recordOfStopped, serverFolder } from "../deployment-flags.ts";

export interface AuditFlags {
  readonly verify: boolean;
  readonly json: boolean;
  readonly record?: string;
}

export const auditCommand = buildCommand<AuditFlags, [string], AtollContext>({
  docs: { brief: "Print the log of all that happened: joins, runs, rounds, refusals; or check it" },
  parameters: {
    positional: { kind: "tuple", parameters: [serverFolder] },
    flags: {
      verify: {
        kind: "boolean",
        default: false,
        brief: "print nothing of it, but check that no entry was changed; ends with 1 if one was",
      },
      json: { kind: "boolean", default: false, brief: "one JSON object per entry" },
      record: recordOfStopped,
    },
  },
  loader: lazily(() => import("./audit.action.ts")),
});
