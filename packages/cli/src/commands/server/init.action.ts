import { resolve } from "node:path";
import { initServer } from "@atoll/network/hosting";
import type { AtollContext } from "../../context.ts";
import { deploymentText } from "../deployment-text.ts";
import type { InitFlags } from "./init.ts";

export async function action(context: AtollContext, { host }: InitFlags, directory: string) {
  const { fingerprint } = await initServer(resolve(context.cwd, directory), {
    hosts: host,
    now: () => context.now().getTime(),
  });
  const hosts = host.join(", ");
  context.process.stdout.write(`${deploymentText.serverMade(directory, { fingerprint, hosts })}\n`);
}
