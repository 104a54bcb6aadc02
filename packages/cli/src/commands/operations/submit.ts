import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import { adminClientOf } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { positive, share, word } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";
import { setFlag } from "../set-flag.ts";
import { followRun } from "./follow.ts";

interface SubmitFlags {
  readonly server: string;
  readonly set?: readonly string[];
  readonly clients?: readonly string[];
  readonly deadline?: number;
  readonly minimum?: number;
  readonly target?: number;
  readonly follow: boolean;
}

export const submitCommand = buildCommand<SubmitFlags, [string], AtollContext>({
  docs: {
    brief: "Submit an experiment to a running server; its clients train it, each on its rows",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "the experiment, a YAML file", parse: String, placeholder: "EXPERIMENT" },
      ],
    },
    flags: {
      server: {
        kind: "parsed",
        parse: String,
        brief: "the server's folder on this machine",
        placeholder: "DIR",
      },
      set: setFlag,
      clients: {
        kind: "parsed",
        parse: word,
        variadic: ",",
        optional: true,
        brief: "who takes part, where the methods' parties share users; else the data's clients do",
        placeholder: "NAME",
      },
      deadline: {
        kind: "parsed",
        parse: positive,
        optional: true,
        brief: "after so long a round goes on without those that have not answered; default: never",
        placeholder: "SECONDS",
      },
      minimum: {
        kind: "parsed",
        parse: share,
        optional: true,
        brief: "share of those asked that a round waits for, deadline or not; default 1",
        placeholder: "SHARE",
      },
      target: {
        kind: "parsed",
        parse: share,
        optional: true,
        brief: "share of those asked whose answers are enough; the others are left out; default 1",
        placeholder: "SHARE",
      },
      follow: { kind: "boolean", default: false, brief: "watch it until it ends" },
    },
  },
  func: async function (this: AtollContext, flags: SubmitFlags, file: string) {
    const { server, set = [], clients, deadline, minimum, target } = flags;
    const experiment = await readExperiment(resolve(this.cwd, file), set.map(parseOverride));
    const admin = adminClientOf(resolve(this.cwd, server));
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
    this.process.stdout.write(`${deploymentText.submitted(id, { server, rest })}\n`);
    if (flags.follow) await followRun(this, admin, { id, server });
  },
});
