import { buildCommand } from "@stricli/core";
import type { AtollContext } from "../../context.ts";
import { clientTable } from "../../terminal/client-table.ts";
import { administrate } from "../administrate.ts";
import { json, recordOfStopped, serverFolder } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";

interface ClientsFlags {
  readonly record?: string;
  readonly json: boolean;
}

export const clientsCommand = buildCommand<ClientsFlags, [string], AtollContext>({
  docs: { brief: "List the clients that have joined: who is there, whose certificate ends when" },
  parameters: {
    positional: { kind: "tuple", parameters: [serverFolder] },
    flags: { record: recordOfStopped, json },
  },
  func: async function (this: AtollContext, flags: ClientsFlags, directory: string) {
    const { clients, isRunning } = await administrate(
      this,
      { directory, recordUrl: flags.record },
      async (asked) => ({ clients: await asked.clients(), isRunning: asked.isRunning }),
    );
    const nowMs = this.now().getTime();
    const text = flags.json
      ? JSON.stringify(clients)
      : clients.length === 0
        ? deploymentText.noClients(directory)
        : clientTable(clients, { nowMs, isRunning });
    this.process.stdout.write(`${text}\n`);
  },
});
