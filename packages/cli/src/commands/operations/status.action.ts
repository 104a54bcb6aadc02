import { resolve } from "node:path";
import { adminClientOf } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { statusText } from "../../terminal/status-text.ts";
import { hasEnded } from "./follow.ts";
import type { StatusFlags } from "./status.ts";

export async function action(context: AtollContext, flags: StatusFlags, directory: string) {
  const admin = adminClientOf(resolve(context.cwd, directory));
  const [health, clients, all] = await Promise.all([admin.ready(), admin.clients(), admin.runs()]);
  const going = all.filter((run) => !hasEnded(run));
  const runs = await Promise.all(going.map(({ id }) => admin.run(id)));
  const status = { health, clients, runs, numEnded: all.length - going.length };
  const nowMs = context.now().getTime();
  context.process.stdout.write(
    `${flags.json ? JSON.stringify(status) : statusText(status, { nowMs, server: directory })}\n`,
  );
  if (!health.isReady) context.process.exitCode = 1;
}
