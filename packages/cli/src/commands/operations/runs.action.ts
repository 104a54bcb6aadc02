import { AtollError } from "@atoll/core/errors";
import { parseMetric } from "@atoll/core/metrics";
import type { AtollContext } from "../../context.ts";
import { deployedResults, planOfRun } from "../../terminal/deployed-results.ts";
import { deployedTable } from "../../terminal/deployed-table.ts";
import { modelList, runHead, runList } from "../../terminal/run-list.ts";
import { administrate, runOf, type Asked } from "../administrate.ts";
import { deploymentText } from "../deployment-text.ts";
import { UsageError } from "../usage-error.ts";
import { readLines } from "./read-lines.ts";
import type { RunsFlags } from "./runs.ts";

export async function action(
  context: AtollContext,
  flags: RunsFlags,
  directory: string,
  name?: string,
) {
  checkMetric(flags.metric);
  const text = await administrate(context, { directory, recordUrl: flags.record }, (asked) =>
    name === undefined
      ? listText(asked, { ...flags, directory, nowMs: context.now().getTime() })
      : runText(asked, { ...flags, directory, name, columns: context.columns }),
  );
  context.process.stdout.write(`${text}\n`);
}

function checkMetric(name: string | undefined): void {
  try {
    if (name !== undefined) parseMetric(name);
  } catch (error) {
    throw error instanceof AtollError ? new UsageError(`--metric: ${error.message}`) : error;
  }
}

async function listText(
  asked: Asked,
  {
    json: asJson,
    directory,
    nowMs,
  }: { readonly json: boolean; readonly directory: string; readonly nowMs: number },
): Promise<string> {
  const runs = await asked.runs();
  if (asJson) return JSON.stringify(runs);
  return runs.length === 0 ? deploymentText.noRuns(directory) : runList(runs, nowMs);
}

async function runText(
  asked: Asked,
  options: Pick<RunsFlags, "json" | "metric"> & {
    readonly directory: string;
    readonly name: string;
    readonly columns: number | undefined;
  },
): Promise<string> {
  const { directory, name, columns, metric } = options;
  const id = await runOf(asked, name, { server: directory });
  const run = await asked.run(id);
  const { lines } = await readLines(asked, { id, from: 0 });
  const stored = await asked.results(id);
  const results = deployedResults(stored, lines);
  if (options.json) return JSON.stringify({ ...run, results });
  const models = modelList(run);
  return [
    runHead(
      run,
      planOfRun(stored).methods.map(({ entry }) => entry.name),
    ),
    results.methods.length === 0
      ? deploymentText.noResults
      : deployedTable(results, {
          ...(metric !== undefined && { metric }),
          ...(columns !== undefined && { width: columns }),
        }),
    ...(models === undefined ? [] : [models]),
  ].join("\n\n");
}
