import { buildCommand } from "@stricli/core";
import { parseMetric } from "@atoll/core/metrics";
import type { AtollContext } from "../../context.ts";
import { deployedResults, planOfRun } from "../../terminal/deployed-results.ts";
import { deployedTable } from "../../terminal/deployed-table.ts";
import { runHead, runList } from "../../terminal/run-list.ts";
import { administrate, runOf, type Asked } from "../administrate.ts";
import { json, recordOfStopped, runParameter, serverFolder } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";
import { readLines } from "./read-lines.ts";

interface RunsFlags {
  readonly metric?: string;
  readonly json: boolean;
  readonly record?: string;
}

export const runsCommand = buildCommand<RunsFlags, [string, string?], AtollContext>({
  docs: { brief: "List a server's runs; or show one: who took part, and the results by method" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [serverFolder, { ...runParameter, optional: true }],
    },
    flags: {
      metric: {
        kind: "parsed",
        parse: (input: string) => {
          parseMetric(input);
          return input;
        },
        optional: true,
        brief: "which metric the table shows; default: the experiment's first",
        placeholder: "NAME",
      },
      json,
      record: recordOfStopped,
    },
  },
  func: async function (this: AtollContext, flags: RunsFlags, directory: string, name?: string) {
    const text = await administrate(this, { directory, recordUrl: flags.record }, (asked) =>
      name === undefined
        ? listText(asked, { ...flags, directory, nowMs: this.now().getTime() })
        : runText(asked, { ...flags, directory, name, columns: this.columns }),
    );
    this.process.stdout.write(`${text}\n`);
  },
});

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
  ].join("\n\n");
}
