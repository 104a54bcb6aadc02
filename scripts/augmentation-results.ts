import { join } from "node:path";
import { writeAtomically } from "@atoll/node/runs";
import { stageCosts } from "./augmentation-cost.ts";
import { augmentationPage } from "./augmentation-page.ts";
import { AUGMENTATION_RUNS } from "./augmentation-runs.ts";
import type { Finished } from "./augmentation-tables.ts";
import { executeRuns, type ExecuteOptions } from "./execute-runs.ts";
import type { Planned, Run } from "./pf-msmtrec-runs.ts";
import { machineText } from "./records.ts";
import { planRun } from "./plan-run.ts";

export interface AugmentationPageOptions {
  /** Where each run has a folder. */
  readonly folder: string;
  readonly root: string;
  readonly wanted: (name: string) => boolean;
  readonly say: (line: string) => void;
  readonly records?: ExecuteOptions["records"];
  /** Stands in for an experiment's own settings, such as fewer rounds where only the page is looked at. */
  readonly planned?: (run: Run, examples: string) => Promise<Planned>;
}

const PAGE = "augmentation";

export const planAugmentation = (run: Run, examples: string): Promise<Planned> =>
  planRun(run, { examples, page: PAGE });

/** Runs what is wanted and the folder lacks; writes the page of those that are there once the first is. */
export async function makeAugmentationPage({
  folder,
  root,
  wanted,
  say,
  records,
  planned = planAugmentation,
}: AugmentationPageOptions): Promise<void> {
  const examples = join(root, "examples");
  const named = new Map(AUGMENTATION_RUNS.map((run) => [`${PAGE}-${run.name}`, run]));
  const results = await executeRuns(
    [...named].map(([name, run]) => ({ ...run, name })),
    {
      folder,
      examples,
      wanted: ({ name }) => wanted(named.get(name)!.name),
      say,
      records,
      planned: ({ name }, from) => planned(named.get(name)!, from),
    },
  );
  const finished = [...named].flatMap(([name, run]): Finished[] => {
    const result = results.get(name);
    return result === undefined ? [] : [{ ...run, result }];
  });
  const missing = AUGMENTATION_RUNS.filter(
    ({ name }) => !finished.some((run) => run.name === name),
  ).map(({ name }) => name);
  if (missing.length > 0)
    say(
      `${PAGE}: without ${missing.join(", ")}${finished.length === 0 ? ", the page stays as it is" : " on its page"}`,
    );
  if (finished.length === 0) return;
  const costs = [];
  for (const run of finished) {
    say(`${PAGE}: what the stages cost, ${run.name}`);
    costs.push({ title: run.title, stages: await stageCosts(await planned(run, examples)) });
  }
  await writeAtomically(
    join(root, "docs", "results", `${PAGE}.md`),
    augmentationPage({
      runs: finished,
      costs,
      machine: machineText(),
      date: new Date().toISOString().slice(0, 10),
    }),
  );
}
