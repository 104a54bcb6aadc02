import { resolve } from "node:path";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import { adminClientOf } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { deploymentText } from "../deployment-text.ts";
import { followRun } from "./follow.ts";
import type { SubmitFlags } from "./submit.ts";

export async function action(context: AtollContext, flags: SubmitFlags, file: string) {
  const { server, set = [], clients, deadline, minimum, target } = flags;
  const experiment = await readExperiment(resolve(context.cwd, file), set.map(parseOverride));
  const admin = adminClientOf(resolve(context.cwd, server));
  const { id, leftOut } = await admin.submit({
    // As JSON has it, without members that are undefined.
    experiment: JSON.parse(JSON.stringify(experiment)) as Record<string, unknown>,
    ...(clients && { clients: [...clients] }),
    rounds: {
      ...(deadline !== undefined && { deadlineSeconds: deadline }),
      ...(minimum !== undefined && { minimum }),
      ...(target !== undefined && { target }),
    },
  });
  const rest = leftOut.length === 0 ? "" : deploymentText.leftOut(leftOut);
  context.process.stdout.write(`${deploymentText.submitted(id, { server, rest })}\n`);
  if (flags.follow) await followRun(context, admin, { id, server });
}
