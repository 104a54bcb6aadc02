import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { adminClientOf } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { runOf } from "../administrate.ts";
import { runParameter, serverFolder } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";
import { hasEnded } from "./follow.ts";

export const cancelCommand = buildCommand<object, [string, string], AtollContext>({
  docs: { brief: "End a run at once; what it has trained until now stays in the record" },
  parameters: { positional: { kind: "tuple", parameters: [serverFolder, runParameter] } },
  func: async function (this: AtollContext, _: object, directory: string, name: string) {
    const admin = adminClientOf(resolve(this.cwd, directory));
    const id = await runOf(admin, name, { server: directory });
    const run = await admin.run(id);
    if (hasEnded(run)) {
      this.process.stdout.write(`${deploymentText.alreadyEnded(id, run)}\n`);
      return;
    }
    await admin.cancel(id);
    this.process.stdout.write(`${deploymentText.cancelled(id)}\n`);
  },
});
