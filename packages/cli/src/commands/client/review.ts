import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { clientFolder, dataFlag } from "../deployment-flags.ts";

export interface ReviewFlags {
  readonly data: string;
}

export const reviewCommand = buildCommand<ReviewFlags, [string, string], AtollContext>({
  docs: {
    brief: "Print what a job would compute, read and send here, and what the policy says to it",
    fullDescription:
      "Print what a job would compute, read and send here, and what the policy says to it. Nothing is trained and nothing is sent. Ends with 1 where the policy refuses it, or the rows here do not suit it.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        clientFolder,
        {
          brief: "a job as JSON, an experiment as YAML, or the id of a run whose job came",
          parse: String,
          placeholder: "JOB",
        },
      ],
    },
    flags: { data: dataFlag },
  },
  loader: lazily(() => import("./review.action.ts")),
});
