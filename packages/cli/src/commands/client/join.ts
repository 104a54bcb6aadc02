import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { behindProxy } from "../deployment-flags.ts";

export interface JoinFlags {
  readonly dir: string;
  readonly behindProxy: boolean;
}

export const joinCommand = buildCommand<JoinFlags, [string], AtollContext>({
  docs: { brief: "Join a server with an invitation: makes a key, and gets a certificate for it" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "the line that the server's operator sent",
          parse: String,
          placeholder: "INVITATION",
        },
      ],
    },
    flags: {
      dir: {
        kind: "parsed",
        parse: String,
        brief: "the folder to make for this client: its key, its policy, its state",
        placeholder: "DIR",
      },
      behindProxy,
    },
  },
  loader: lazily(() => import("./join.action.ts")),
});
