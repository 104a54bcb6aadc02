/*
 * Makes docs/results from scratch: `npm run results`. Every page stands on runs of its own (pages.ts), which lie in
 * runs/results, or in `--from FOLDER`: what is finished there is not trained again, what is unfinished goes on. Runs whose
 * data are absent are left out, and said so; pages that need them stay as they are. `--only PAGE` and `--only PAGE/RUN` do
 * a part. Each finished run leaves a record in docs/results/records: those that are not wanted are taken from there,
 * and with `--records` all, so that pages are written again without a training. `--list` says what is there.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { planOf, writeAtomically } from "@atoll/node/runs";
import { look, type ExecuteOptions, type Found } from "./execute-runs.ts";
import { gather } from "./gather.ts";
import { filesOf, missingOf, type Page } from "./page.ts";
import { PAGES } from "./pages.ts";
import { planRun, type Run } from "./plan-run.ts";

const root = resolve(import.meta.dirname, "..", "..");
const { values: flags } = parseArgs({
  options: {
    from: { type: "string", default: join(root, "runs", "results") },
    only: { type: "string" },
    records: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});
const { only, from: folder } = flags;

const names = PAGES.flatMap(({ name, runs }) => [
  name,
  ...runs.map((run) => `${name}/${run.name}`),
]);
if (only !== undefined && !names.includes(only)) {
  process.stderr.write(`no page or run "${only}"; there are ${names.join(", ")}\n`);
  process.exit(2);
}
const isWanted = ({ name }: Page, run: Pick<Run, "name">) =>
  only === undefined || only === name || only === `${name}/${run.name}`;
/** A page is made again with any run that it reads. */
const isMade = (page: Page) =>
  only === page.name ||
  page.runs.some((run) => isWanted(page, run)) ||
  (page.borrows ?? []).some((own) => isWanted(own.page, { name: own.run }));

const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
const say = (line: string) => void process.stdout.write(`${line}\n`);

const optionsOf = (page: Page): ExecuteOptions => ({
  page: page.name,
  folder,
  examples: join(root, "examples"),
  wanted: (run) => isWanted(page, run),
  say,
  records: { folder: join(root, "docs", "results", "records"), trust: flags.records },
  signal: abort.signal,
});

async function make(page: Page): Promise<void> {
  const finished = await gather(page, optionsOf);
  const missing = missingOf(page, finished.names);
  if (missing.length > 0) {
    say(`${page.name}: the page stays as it is; missing: ${missing.join(", ")}`);
    return;
  }
  const without = page.runs.filter(({ name }) => !finished.names.has(name));
  for (const [name, text] of await filesOf(page, finished))
    await writeAtomically(join(root, "docs", "results", name), text);
  const rest = without.map(({ name }) => name).join(", ");
  say(`${page.name}: written${rest === "" ? "" : `, without ${rest}`}`);
}

const textOf = (found: Found): string => {
  switch (found.kind) {
    case "done":
      return `done on ${found.day}`;
    case "recorded":
      return `recorded on ${found.record.finished}`;
    case "impossible":
      return found.why;
    case "open":
      return "begun";
    case "new":
      return "to be done";
  }
};

async function list(page: Page): Promise<void> {
  const options = { ...optionsOf(page), wanted: () => false };
  for (const run of page.runs.filter((run) => isWanted(page, run))) {
    const planned = await planRun(run, { examples: options.examples, page: page.name });
    const trainings = `${planOf(planned.experiment).cells.length} trainings`;
    say(`${page.name}/${run.name}: ${trainings}, ${textOf(await look(run, planned, options))}`);
  }
}

try {
  const pages = PAGES.filter(isMade);
  if (!flags.list) say(`runs lie in ${folder}; what is finished there is not done again`);
  for (const page of pages) await (flags.list ? list(page) : make(page));
} catch (error) {
  if (!abort.signal.aborted) throw error;
  say("stopped; the same command goes on");
  process.exitCode = 130;
}
