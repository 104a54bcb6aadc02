import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { recordOfStopped, serverFolder } from "../deployment-flags.ts";

export interface RevokeFlags {
  readonly record?: string;
}

export const revokeCommand = buildCommand<RevokeFlags, [string, string], AtollContext>({
  docs: { brief: "End all certificates and open invitations of a client, at once" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [serverFolder, { brief: "its name", parse: String, placeholder: "CLIENT" }],
    },
    flags: { record: recordOfStopped },
  },
  loader: lazily(() => import("./revoke.action.ts")),
});
