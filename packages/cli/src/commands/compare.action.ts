import { join, resolve } from "node:path";
import {
  addToComparison,
  compare,
  resumeComparison,
  type CompareEvent,
  type CompareOptions,
  type CompareOutcome,
  type CompareRequest,
} from "@atoll/node/comparisons";
import { writeAtomically } from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { answerOf, renderComparison } from "../report/index.ts";
import { liveCompareProgress, plainCompareProgress } from "../terminal/compare-progress.ts";
import { comparedTable, overallTable } from "../terminal/compare-table.ts";
import { text } from "../text.ts";
import type { CompareFlags } from "./compare.ts";
import { UsageError } from "./usage-error.ts";
import { watched } from "./watched.ts";
import { writeReport } from "./write-report.ts";

export async function action(
  context: AtollContext,
  flags: CompareFlags,
  ...files: string[]
): Promise<void> {
  checkUsage(flags, files);
  const outcome = await watched<CompareEvent, CompareOutcome>(context, flags, {
    plain: plainCompareProgress,
    live: liveCompareProgress,
    runEventOf: (event) => ("event" in event ? event.event : undefined),
    work: (options) => carryOut(context, flags, { files, options }),
  });
  await finish(context, flags, outcome);
}

function checkUsage({ add, resume, out, ...flags }: CompareFlags, files: readonly string[]): void {
  const asked = files.length > 0 || [flags.set, flags.seed, flags.methods].some(Boolean);
  if (add !== undefined && resume !== undefined)
    throw new UsageError("give --add or --resume, not both: --add continues what is not finished");
  if (resume !== undefined && asked)
    throw new UsageError(
      "--resume continues a comparison as it is; to change it, give --add DIR instead",
    );
  if ((add ?? resume) !== undefined && out !== undefined)
    throw new UsageError(
      "--out names the folder of a new comparison; --add and --resume stay where they are",
    );
  if (add !== undefined && !asked)
    throw new UsageError("--add needs something to add: FILE, --seed, --methods or --set");
  if (add === undefined && resume === undefined && files.length === 0)
    throw new UsageError("give experiment files, --add DIR or --resume DIR");
}

function carryOut(
  context: AtollContext,
  flags: CompareFlags,
  { files, options }: { readonly files: readonly string[]; readonly options: CompareOptions },
): Promise<CompareOutcome> {
  if (flags.resume !== undefined)
    return resumeComparison(resolve(context.cwd, flags.resume), options);
  const request: CompareRequest = {
    experiments: files.map((file) => resolve(context.cwd, file)),
    ...(flags.set && { settings: flags.set }),
    ...(flags.seed && { seeds: flags.seed }),
    ...(flags.methods && { methods: flags.methods }),
  };
  if (flags.add !== undefined)
    return addToComparison(resolve(context.cwd, flags.add), request, options);
  const stamp = context.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const directory = resolve(context.cwd, flags.out ?? join("runs", `compare-${stamp}`));
  return compare(request, { ...options, directory });
}

async function finish(
  context: AtollContext,
  { json }: CompareFlags,
  outcome: CompareOutcome,
): Promise<void> {
  const write = (line: string) => context.process.stdout.write(line);
  if (outcome.kind === "stopped") {
    const { directory, finished, total } = outcome;
    context.process.stderr.write(`${text.compareStopped(directory, { finished, total })}\n`);
    context.process.exitCode = 130;
    return;
  }
  const { comparison, directory, runs } = outcome;
  for (const run of runs) await writeReport(run.directory, run.result);
  const report = join(directory, "report.html");
  await writeAtomically(report, renderComparison(comparison));
  if (json) {
    write(`${JSON.stringify({ kind: "comparison", directory, report, comparison })}\n`);
    return;
  }
  const look = {
    colour: context.columns !== undefined && !("NO_COLOR" in process.env),
    width: context.columns ?? Infinity,
  };
  const overall = overallTable(comparison, look);
  const { headline, detail } = answerOf(comparison);
  const parts = [
    ...runs.map(({ result }, i) => {
      const run = comparison.runs[i]!;
      const own = comparedTable(comparison, { run, result }, look);
      return runs.length === 1 ? own : `${run.name}\n${own}`;
    }),
    ...(overall === undefined ? [] : [overall]),
    comparison.warnings.map((warning) => `Note: ${warning.text}`).join("\n"),
    detail === "" ? headline : `${headline}\n${detail}`,
    text.compareDone(directory, report),
  ].filter((part) => part !== "");
  write(`\n${parts.join("\n\n")}\n`);
}
