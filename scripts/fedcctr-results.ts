import { join } from "node:path";
import { writeAtomically } from "@atoll/node/runs";
import { fedcctrCharts } from "./fedcctr-charts.ts";
import { fedcctrPage } from "./fedcctr-page.ts";
import { FEDCCTR_RUNS, planFedcctr } from "./fedcctr-runs.ts";
import { NEEDED } from "./fedcctr-tables.ts";
import { machineText } from "./records.ts";
import { executeRuns, type ExecuteOptions } from "./execute-runs.ts";

export interface FedcctrPageOptions {
  /** Where each run has a folder. */
  readonly folder: string;
  readonly root: string;
  readonly wanted: (name: string) => boolean;
  readonly say: (line: string) => void;
  readonly records?: ExecuteOptions["records"];
}

/** Runs what is wanted and the folder lacks; writes the page with its pictures once those that it needs are there. */
export async function makeFedcctrPage({
  folder,
  root,
  wanted,
  say,
  records,
}: FedcctrPageOptions): Promise<void> {
  const runs = FEDCCTR_RUNS.map((run) => ({ ...run, name: `fedcctr-${run.name}` }));
  const results = await executeRuns(runs, {
    folder,
    examples: join(root, "examples"),
    wanted: ({ name }) => wanted(name.replace("fedcctr-", "")),
    say,
    records,
    planned: ({ name, ...run }, examples) =>
      planFedcctr({ name: name.replace("fedcctr-", ""), ...run }, examples),
  });
  const finished = new Set([...results.keys()].map((name) => name.replace("fedcctr-", "")));
  const missing = FEDCCTR_RUNS.map(({ name }) => name).filter((name) => !finished.has(name));
  if (NEEDED.some((name) => missing.includes(name))) {
    say(`fedcctr: the page stays as it is; missing: ${missing.join(", ")}`);
    return;
  }
  if (missing.length > 0)
    say(`fedcctr: sections without a run are left out: ${missing.join(", ")}`);
  const resultOf = (name: string) => results.get(`fedcctr-${name}`)!;
  const docs = join(root, "docs", "results");
  for (const [name, svg] of Object.entries(fedcctrCharts(resultOf, finished)))
    await writeAtomically(join(docs, name), svg);
  const page = fedcctrPage(resultOf, {
    finished,
    machine: machineText(),
    date: new Date().toISOString().slice(0, 10),
  });
  await writeAtomically(join(docs, "fedcctr.md"), page);
}
