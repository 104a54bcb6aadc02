/*
 * Makes docs/results from scratch: `npm run results`. Pages that need data that are absent are left as
 * they are, and said so. `--from FOLDER` takes finished runs from FOLDER/<experiment's name> instead of
 * training again, `--only TEXT` makes the pages of experiments whose path has TEXT in it. The page of
 * PF-MSMTrec stands on many runs, `pf-msmtrec/<name>` in pf-msmtrec-runs.ts: it runs what FOLDER lacks, goes on
 * with what is unfinished there, and is written once all are there. So does the page of privacy, `privacy/<name>`,
 * which all of its runs make together, and PyTorch beside them where ATOLL_BENCH_PYTHON names a Python that has it,
 * that of FedCCTR, `fedcctr/<name>` in fedcctr-runs.ts, and that of augmentation, `augmentation/<name>` in
 * augmentation-runs.ts. Each of their runs leaves a record in docs/results/records (`records.ts`); with `--records`, runs
 * whose record is of the same experiment are not trained again.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readExperiment } from "@atoll/node/experiment";
import { resultSchema, type Result } from "@atoll/node/results";
import { runExperiment, writeAtomically } from "@atoll/node/runs";
import { makeAugmentationPage } from "./augmentation-results.ts";
import { AUGMENTATION_RUNS } from "./augmentation-runs.ts";
import { makeFedcctrPage } from "./fedcctr-results.ts";
import { FEDCCTR_RUNS } from "./fedcctr-runs.ts";
import { fedmmPage, type FedMmResults } from "./fedmm-page.ts";
import { executeRuns } from "./execute-runs.ts";
import { pfPage } from "./pf-msmtrec-page.ts";
import { RUNS } from "./pf-msmtrec-runs.ts";
import { makePrivacyPage, PRIVACY } from "./privacy-results.ts";
import { shelfPage } from "./shelf-page.ts";
import { anchorPage, xmarketPage } from "./xmarket-page.ts";

const root = resolve(import.meta.dirname, "..");
const { values: flags } = parseArgs({
  options: {
    from: { type: "string" },
    only: { type: "string" },
    records: { type: "boolean", default: false },
  },
});

const records = { folder: join(root, "docs", "results", "records"), read: flags.records };

/** Experiments of the model shelf, one after another on one page. */
const SHELF = [
  "shelf/criteo-adkdd21",
  "shelf/movielens-1m",
  "shelf/movielens-1m-sequences",
  "shelf/amazon-food-kitchen",
  "shelf/amazon-food-kitchen-rows",
];

const wanted = (name: string) => flags.only === undefined || name.includes(flags.only);

async function resultOf(name: string): Promise<Result | undefined> {
  const path = join(root, "examples", `${name}.yaml`);
  const experiment = await readExperiment(path);
  if (
    experiment.data.kind === "files" &&
    !existsSync(resolve(dirname(path), experiment.data.directory))
  ) {
    process.stdout.write(`${name}: its data are absent, the page stays as it is\n`);
    return undefined;
  }
  const kept = flags.from === undefined ? undefined : join(flags.from, experiment.name);
  if (kept !== undefined && existsSync(join(kept, "result.json")))
    return resultSchema.parse(JSON.parse(await readFile(join(kept, "result.json"), "utf8")));
  const outcome = await runExperiment(experiment, {
    experimentDirectory: dirname(path),
    directory: kept ?? (await mkdtemp(join(tmpdir(), "atoll-results-"))),
    signal: new AbortController().signal,
    now: () => new Date(),
    onEvent: (event) => {
      if (event.kind === "cell-end")
        process.stdout.write(
          `${name}: ${event.method}, seed ${event.seed}, ${Math.round(event.seconds)} s\n`,
        );
    },
  });
  if (outcome.kind !== "done") throw new Error("the run was stopped");
  return outcome.result;
}

for (const [name, page, write] of [
  ["datasets/xmarket-electronics", "xmarket-anchor", anchorPage],
  ["xmarket", "xmarket", xmarketPage],
] as const) {
  if (!wanted(name)) continue;
  const result = await resultOf(name);
  if (result !== undefined)
    await writeAtomically(join(root, "docs/results", `${page}.md`), write(result));
}

const shelf: Result[] = [];
for (const name of SHELF) {
  if (!wanted(name)) continue;
  const result = await resultOf(name);
  if (result !== undefined) shelf.push(result);
}
if (shelf.length === SHELF.length)
  await writeAtomically(join(root, "docs/results/model-shelf.md"), shelfPage(shelf));

const fedmm: Partial<Record<keyof FedMmResults, Result>> = {};
for (const [part, name] of [
  ["main", "fedmm-xmarket"],
  ["allRows", "fedmm/xmarket-all-rows"],
  ["ablations", "fedmm/xmarket-ablations"],
  ["synthetic", "fedmm-synthetic"],
  ["titles", "fedmm/synthetic-titles"],
] as const) {
  if (!wanted(name)) continue;
  const result = await resultOf(name);
  if (result !== undefined) fedmm[part] = result;
}
const { main, allRows, ablations, synthetic, titles } = fedmm;
if (main && allRows && ablations && synthetic && titles)
  await writeAtomically(
    join(root, "docs/results/fedmm.md"),
    fedmmPage({ main, allRows, ablations, synthetic, titles }),
  );

const ofPage = RUNS.map(({ name }) => `pf-msmtrec/${name}`);
const wantedRuns = ofPage.includes(flags.only ?? "")
  ? [flags.only!]
  : ofPage.filter((path) => wanted(path));
if (wantedRuns.length > 0) {
  const folder = flags.from ?? (await mkdtemp(join(tmpdir(), "atoll-results-")));
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(`pf-msmtrec: runs lie in ${folder}; --from ${folder} goes on there`);
  const results = await executeRuns(RUNS, {
    folder,
    examples: join(root, "examples"),
    wanted: ({ name }) => wantedRuns.includes(`pf-msmtrec/${name}`),
    say,
    records,
  });
  const missing = RUNS.map(({ name }) => name).filter((name) => !results.has(name));
  if (missing.length === 0)
    await writeAtomically(join(root, "docs/results/pf-msmtrec.md"), pfPage(results));
  else say(`pf-msmtrec: the page stays as it is; missing: ${missing.join(", ")}`);
}

if (PRIVACY.some((name) => wanted(`privacy/${name}`))) {
  const folder = flags.from ?? (await mkdtemp(join(tmpdir(), "atoll-results-")));
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(`privacy: runs lie in ${folder}; --from ${folder} goes on there`);
  await makePrivacyPage({ folder, root, say });
}

/** Which runs of a page are wanted: a whole name is that run alone, though it may begin others. */
const runsOf = (page: string, names: readonly string[]) => {
  const isRun = names.some((name) => `${page}/${name}` === flags.only);
  return (name: string) => (isRun ? `${page}/${name}` === flags.only : wanted(`${page}/${name}`));
};
for (const [page, runs, make] of [
  ["fedcctr", FEDCCTR_RUNS, makeFedcctrPage],
  ["augmentation", AUGMENTATION_RUNS, makeAugmentationPage],
] as const) {
  const names = runs.map(({ name }) => name);
  const ofPage = runsOf(page, names);
  if (!names.some(ofPage)) continue;
  const folder = flags.from ?? (await mkdtemp(join(tmpdir(), "atoll-results-")));
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(`${page}: runs lie in ${folder}; --from ${folder} goes on there`);
  await make({ folder, root, wanted: ofPage, say, records });
}
