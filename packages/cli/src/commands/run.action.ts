import { join, resolve } from "node:path";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import {
  resumeRun,
  runExperiment,
  type RunOptions,
  type RunOutcome,
  type RunEvent,
} from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { answer } from "../report/index.ts";
import { leakageLine } from "../terminal/leakage-line.ts";
import { liveProgress, plainProgress } from "../terminal/progress.ts";
import { resultTable } from "../terminal/result-table.ts";
import { text } from "../text.ts";
import { UsageError } from "./usage-error.ts";
import { watched } from "./watched.ts";
import { writeReport } from "./write-report.ts";
import type { RunFlags } from "./run.ts";

export async function action(context: AtollContext, flags: RunFlags, file?: string): Promise<void> {
  if ((file === undefined) === (flags.resume === undefined))
    throw new UsageError("give either an experiment file or --resume DIR");
  const outcome = await watched<RunEvent, RunOutcome>(context, flags, {
    plain: plainProgress,
    live: liveProgress,
    runEventOf: (event) => event,
    work: (options) =>
      flags.resume === undefined
        ? startRun(context, flags, file!, options)
        : resumeRun(resolve(context.cwd, flags.resume), options),
  });
  await finish(context, flags, outcome);
}

async function startRun(context: AtollContext, flags: RunFlags, file: string, options: RunOptions) {
  const path = resolve(context.cwd, file);
  const overrides = (flags.set ?? []).map(parseOverride);
  if (flags.seed !== undefined)
    overrides.push({
      path: ["seeds"],
      value: [...flags.seed],
      text: `--seed ${flags.seed.join(",")}`,
    });
  const experiment = await readExperiment(path, overrides);
  const stamp = context.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const folder =
    flags.out ?? join("runs", `${experiment.name.replaceAll(/[^\w.-]+/g, "-")}-${stamp}`);
  return runExperiment(experiment, {
    ...options,
    experimentDirectory: resolve(path, ".."),
    directory: resolve(context.cwd, folder),
  });
}

async function finish(
  context: AtollContext,
  { json }: RunFlags,
  outcome: RunOutcome,
): Promise<void> {
  const write = (line: string) => context.process.stdout.write(line);
  if (outcome.kind === "stopped") {
    context.process.stderr.write(`${text.stopped(outcome.directory, outcome.saved)}\n`);
    context.process.exitCode = 130;
    return;
  }
  const { result, directory } = outcome;
  const report = await writeReport(directory, result);
  if (json) {
    write(`${JSON.stringify({ kind: "result", directory, report, result })}\n`);
    return;
  }
  const colour = context.columns !== undefined && !("NO_COLOR" in process.env);
  const worrying = leakageLine(result);
  const summary = [
    answer(result).headline,
    resultTable(result, colour, context.columns),
    ...(worrying === undefined ? [] : [worrying]),
    text.done(directory, report),
  ];
  write(`\n${summary.join("\n\n")}\n`);
}
