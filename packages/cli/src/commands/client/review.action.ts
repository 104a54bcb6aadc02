import { resolve } from "node:path";
import { reviewJob } from "@atoll/network/hosting";
import type { AtollContext } from "../../context.ts";
import { deploymentText } from "../deployment-text.ts";
import type { ReviewFlags } from "./review.ts";

export async function action(
  context: AtollContext,
  { data }: ReviewFlags,
  directory: string,
  job: string,
) {
  const stop = new AbortController();
  const stopListening = context.onInterrupt(() => stop.abort());
  try {
    const { lines, isAllowed, problem } = await reviewJob(
      { path: resolve(context.cwd, job), run: job },
      {
        directory: resolve(context.cwd, directory),
        dataDirectory: resolve(context.cwd, data),
        signal: stop.signal,
      },
    );
    const words = isAllowed ? deploymentText.reviewAllowed : deploymentText.reviewRefused;
    const end = [...(problem === undefined ? [] : [deploymentText.reviewProblem(problem)]), words];
    context.process.stdout.write(`${[...lines, "", ...end].join("\n")}\n`);
    if (!isAllowed || problem !== undefined) context.process.exitCode = 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    context.process.exitCode = 130;
  } finally {
    stopListening();
  }
}
