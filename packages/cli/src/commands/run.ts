import { join, resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import {
  readRun,
  resumeRun,
  runExperiment,
  writeAtomically,
  type RunOptions,
  type RunOutcome,
  type RunEvent,
} from "@atoll/node/runs";
import type { Result } from "@atoll/node/results";
import type { AtollContext } from "../context.ts";
import { answer, renderReport } from "../report/index.ts";
import { announceLeaving } from "../terminal/announce-leaving.ts";
import { leakageLine } from "../terminal/leakage-line.ts";
import { liveProgress, plainProgress } from "../terminal/progress.ts";
import { howOf, progressFor } from "../terminal/progress-for.ts";
import { resultTable } from "../terminal/result-table.ts";
import { text } from "../text.ts";
import { setFlag } from "./set-flag.ts";

interface RunFlags {
  readonly set?: readonly string[];
  readonly seed?: readonly number[];
  readonly out?: string;
  readonly threads?: number;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly resume?: string;
}

/** Parses a flag that takes a whole number. */
export function wholeNumber(least: number) {
  return (input: string): number => {
    const value = Number(input);
    if (!Number.isInteger(value) || value < least)
      throw new SyntaxError(`${input} is no whole number of at least ${least}`);
    return value;
  };
}

export const runCommand = buildCommand<RunFlags, [string?], AtollContext>({
  docs: {
    brief: "Run an experiment: train every method for every seed, compare, write a report",
    customUsage: ["FILE [--set a.b=c]... [--seed N]... [--out DIR]", "--resume DIR"],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "the experiment, a YAML file",
          parse: String,
          placeholder: "FILE",
          optional: true,
        },
      ],
    },
    flags: {
      set: setFlag,
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        variadic: ",",
        optional: true,
        brief: "seeds instead of the experiment's, such as 1,2,3",
        placeholder: "N",
      },
      out: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "folder of the run; default runs/NAME-TIME",
        placeholder: "DIR",
      },
      threads: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief: "threads in all, shared by clients; never changes a number",
        placeholder: "N",
      },
      quiet: { kind: "boolean", default: false, brief: "print the final table only" },
      json: { kind: "boolean", default: false, brief: "one JSON event per line, the result last" },
      resume: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "continue the run in this folder",
        placeholder: "DIR",
      },
    },
  },
  func: async function (this: AtollContext, flags: RunFlags, file?: string): Promise<void> {
    if ((file === undefined) === (flags.resume === undefined))
      throw new UsageError("give either an experiment file or --resume DIR");
    const abort = new AbortController();
    const stopListening = this.onInterrupt(() => {
      this.process.stderr.write(`\n${text.stopping}\n`);
      abort.abort();
    });
    const progress = announceLeaving(
      this,
      progressFor<RunEvent>(this, howOf(flags), { plain: plainProgress, live: liveProgress }),
      (event) => event,
    );
    const options: RunOptions = {
      signal: abort.signal,
      now: this.now,
      onEvent: progress.show,
      ...(flags.threads !== undefined && { threads: flags.threads }),
    };
    let outcome: RunOutcome;
    try {
      outcome =
        flags.resume === undefined
          ? await startRun(this, flags, file!, options)
          : await resumeRun(resolve(this.cwd, flags.resume), options);
    } finally {
      progress.close();
      stopListening();
    }
    await finish(this, flags, outcome);
  },
});

/** The words of the command line are wrong. */
export class UsageError extends Error {}

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

/** Writes the report of a finished run beside its files; returns its path. */
export async function writeReport(directory: string, result: Result): Promise<string> {
  const { environment, lines, messages, codebooks, domains } = await readRun(directory);
  const report = join(directory, "report.html");
  await writeAtomically(
    report,
    renderReport({
      result,
      lines,
      codebooks,
      domains,
      environment: { ...environment },
      messages: Object.entries(messages).flatMap(([method, own]) =>
        own.map((message) => ({ method, ...message })),
      ),
    }),
  );
  return report;
}
