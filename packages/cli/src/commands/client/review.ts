import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { reviewJob } from "@atoll/network/hosting";
import type { AtollContext } from "../../context.ts";
import { clientFolder, dataFlag } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";

interface ReviewFlags {
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
  func: async function (this: AtollContext, { data }: ReviewFlags, directory: string, job: string) {
    const stop = new AbortController();
    const stopListening = this.onInterrupt(() => stop.abort());
    try {
      const { lines, isAllowed, problem } = await reviewJob(
        { path: resolve(this.cwd, job), run: job },
        {
          directory: resolve(this.cwd, directory),
          dataDirectory: resolve(this.cwd, data),
          signal: stop.signal,
        },
      );
      const words = isAllowed ? deploymentText.reviewAllowed : deploymentText.reviewRefused;
      const end = [
        ...(problem === undefined ? [] : [deploymentText.reviewProblem(problem)]),
        words,
      ];
      this.process.stdout.write(`${[...lines, "", ...end].join("\n")}\n`);
      if (!isAllowed || problem !== undefined) this.process.exitCode = 1;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      this.process.exitCode = 130;
    } finally {
      stopListening();
    }
  },
});
