import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { json, recordOfStopped, serverFolder } from "../deployment-flags.ts";

export interface ClientsFlags {
  readonly record?: string;
  readonly json: boolean;
}

export const clientsCommand = buildCommand<ClientsFlags, [string], AtollContext>({
  docs: { brief: "List the clients that have joined: who is there, whose certificate ends when" },
  parameters: {
    positional: { kind: "tuple", parameters: [serverFolder] },
    flags: { record: recordOfStopped, json },
  },
  loader: lazily(() => import("./clients.action.ts")),
});
