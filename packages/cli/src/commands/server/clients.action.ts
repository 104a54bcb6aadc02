import type { AtollContext } from "../../context.ts";
import { clientTable } from "../../terminal/client-table.ts";
import { administrate } from "../administrate.ts";
import { deploymentText } from "../deployment-text.ts";
import type { ClientsFlags } from "./clients.ts";

export async function action(context: AtollContext, flags: ClientsFlags, directory: string) {
  const { clients, isRunning } = await administrate(
    context,
    { directory, recordUrl: flags.record },
    async (asked) => ({ clients: await asked.clients(), isRunning: asked.isRunning }),
  );
  const nowMs = context.now().getTime();
  const text = flags.json
    ? JSON.stringify(clients)
    : clients.length === 0
      ? deploymentText.noClients(directory)
      : clientTable(clients, { nowMs, isRunning });
  context.process.stdout.write(`${text}\n`);
}
