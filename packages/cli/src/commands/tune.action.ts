import { basename, join, resolve } from "node:path";
import {
  readTune,
  resumeTune,
  tune,
  type TuneOptions,
  type TuneOutcome,
  type TuneEvent,
} from "@atoll/node/tune";
import { writeAtomically } from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { answer, renderTune } from "../report/index.ts";
import { resultTable } from "../terminal/result-table.ts";
import { liveTuneProgress, plainTuneProgress } from "../terminal/tune-progress.ts";
import { tuneTable } from "../terminal/tune-table.ts";
import { text } from "../text.ts";
import { UsageError } from "./usage-error.ts";
import { watched } from "./watched.ts";
import { writeReport } from "./write-report.ts";
import type { TuneFlags } from "./tune.ts";

export async function action(
  context: AtollContext,
  flags: TuneFlags,
  file?: string,
): Promise<void> {
  if ((file === undefined) === (flags.resume === undefined))
    throw new UsageError("give either a tune file or --resume DIR");
  const outcome = await watched<TuneEvent, TuneOutcome>(context, flags, {
    plain: plainTuneProgress,
    live: liveTuneProgress,
    runEventOf: (event) => ("event" in event ? event.event : undefined),
    work: (watch) => {
      const options = { ...watch, ...(flags.final && { finalTest: true }) };
      return flags.resume === undefined
        ? startTune(context, flags, file!, options)
        : resumeTune(resolve(context.cwd, flags.resume), options);
    },
  });
  await finish(context, flags, outcome);
}

async function startTune(
  context: AtollContext,
  flags: TuneFlags,
  file: string,
  options: TuneOptions,
): Promise<TuneOutcome> {
  const path = resolve(context.cwd, file);
  const source = await readTune(path);
  const stamp = context.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const name = basename(path).replace(/\.ya?ml$/, "");
  const directory = resolve(
    context.cwd,
    flags.out ?? join("runs", `${name.replaceAll(/[^\w.-]+/g, "-")}-${stamp}`),
  );
  return tune(source, { ...options, directory });
}

async function finish(
  context: AtollContext,
  { json }: TuneFlags,
  outcome: TuneOutcome,
): Promise<void> {
  const write = (line: string) => context.process.stdout.write(line);
  if (outcome.kind === "stopped") {
    context.process.stderr.write(`${text.tuneStopped(outcome.directory, outcome.finished)}\n`);
    context.process.exitCode = 130;
    return;
  }
  const { result, directory, best, final } = outcome;
  const plot = join(directory, "tune.html");
  await writeAtomically(plot, renderTune(result));
  const report = final && (await writeReport(final.directory, final.result));
  if (best === undefined) context.process.exitCode = 1;
  if (json) {
    write(`${JSON.stringify({ kind: "tune-result", directory, plot, best, report, result })}\n`);
    return;
  }
  const colour = context.columns !== undefined && !("NO_COLOR" in process.env);
  const width = context.columns;
  const lines = [
    tuneTable(result, { colour, ...(width !== undefined && { width }) }),
    [
      text.tuneDone(directory, plot),
      ...(best === undefined ? [] : [final ? `Best     ${best}` : text.tuneBest(best)]),
    ].join("\n"),
  ];
  if (final !== undefined && report !== undefined)
    lines.push(
      `${answer(final.result).headline}\n\n${resultTable(final.result, colour, width)}\n\n${text.done(final.directory, report)}`,
    );
  write(`\n${lines.join("\n\n")}\n`);
}
