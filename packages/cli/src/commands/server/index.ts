import { buildRouteMap } from "@stricli/core";
import type { AtollContext } from "../../context.ts";
import { auditCommand } from "./audit.ts";
import { clientsCommand } from "./clients.ts";
import { initCommand } from "./init.ts";
import { inviteCommand } from "./invite.ts";
import { natsFilesCommand } from "./nats-files.ts";
import { revokeCommand } from "./revoke.ts";
import { runCommand } from "./run.ts";

export const serverRoutes = buildRouteMap<string, AtollContext>({
  routes: {
    init: initCommand,
    run: runCommand,
    invite: inviteCommand,
    revoke: revokeCommand,
    clients: clientsCommand,
    audit: auditCommand,
    nats: natsFilesCommand,
  },
  docs: { brief: "Make and run the server of a federation across machines, and say who may join" },
});
