import { resolveMethod } from "@atoll/core/methods";
import { planOf } from "../runs/index.ts";
import type { FailedMethod, PlannedRun } from "./plan.ts";

interface Failure extends FailedMethod {
  readonly method: string;
}

/** A run without the methods that failed and those that start from them; undefined: nothing would be left. */
export function giveUp(run: PlannedRun, failures: readonly Failure[]): PlannedRun | undefined {
  const failed: Record<string, FailedMethod> = { ...run.failed };
  for (const { method, seed, code, message } of failures)
    failed[method] ??= { seed, code, message };
  for (const { entry, reads } of planOf(run.experiment).methods) {
    const from = reads.find((name) => failed[name] !== undefined);
    if (from !== undefined)
      failed[entry.name] ??= { ...failed[from]!, message: `it starts from ${from}, which failed` };
  }
  const methods = run.experiment.methods.filter(
    (entry) => failed[resolveMethod(entry).name] === undefined,
  );
  if (methods.length === 0) return undefined;
  const { evaluation } = run.experiment;
  const against = evaluation.against.filter((name) => failed[name] === undefined);
  return {
    ...run,
    experiment: { ...run.experiment, methods, evaluation: { ...evaluation, against } },
    failed,
  };
}
