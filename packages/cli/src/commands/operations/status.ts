import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { adminClientOf } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { statusText } from "../../terminal/status-text.ts";
import { json, serverFolder } from "../deployment-flags.ts";
import { hasEnded } from "./follow.ts";

interface StatusFlags {
  readonly json: boolean;
}

export const statusCommand = buildCommand<StatusFlags, [string], AtollContext>({
  docs: {
    brief: "Show how a running server is: its health, its clients, what each run waits for",
  },
  parameters: { positional: { kind: "tuple", parameters: [serverFolder] }, flags: { json } },
  func: async function (this: AtollContext, flags: StatusFlags, directory: string) {
    const admin = adminClientOf(resolve(this.cwd, directory));
    const [health, clients, all] = await Promise.all([
      admin.ready(),
      admin.clients(),
      admin.runs(),
    ]);
    const going = all.filter((run) => !hasEnded(run));
    const runs = await Promise.all(going.map(({ id }) => admin.run(id)));
    const status = { health, clients, runs, numEnded: all.length - going.length };
    const nowMs = this.now().getTime();
    this.process.stdout.write(
      `${flags.json ? JSON.stringify(status) : statusText(status, { nowMs, server: directory })}\n`,
    );
    if (!health.isReady) this.process.exitCode = 1;
  },
});
