import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { json, serverFolder } from "../deployment-flags.ts";

export interface StatusFlags {
  readonly json: boolean;
}

export const statusCommand = buildCommand<StatusFlags, [string], AtollContext>({
  docs: {
    brief: "Show how a running server is: its health, its clients, what each run waits for",
  },
  parameters: { positional: { kind: "tuple", parameters: [serverFolder] }, flags: { json } },
  loader: lazily(() => import("./status.action.ts")),
});
