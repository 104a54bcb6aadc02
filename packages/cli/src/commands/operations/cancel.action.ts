import { resolve } from "node:path";
import { adminClientOf } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { runOf } from "../administrate.ts";
import { deploymentText } from "../deployment-text.ts";
import { hasEnded } from "./follow.ts";

export async function action(context: AtollContext, _: object, directory: string, name: string) {
  const admin = adminClientOf(resolve(context.cwd, directory));
  const id = await runOf(admin, name, { server: directory });
  const run = await admin.run(id);
  if (hasEnded(run)) {
    context.process.stdout.write(`${deploymentText.alreadyEnded(id, run)}\n`);
    return;
  }
  await admin.cancel(id);
  context.process.stdout.write(`${deploymentText.cancelled(id)}\n`);
}
