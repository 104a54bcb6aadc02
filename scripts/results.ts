/*
 * Makes docs/results from scratch: `npm run results`. Pages that need data that are absent are left as
 * they are, and said so. `--from FOLDER` takes finished runs from FOLDER/<experiment's name> instead of
 * training again, `--only TEXT` makes the pages of experiments whose path has TEXT in it. The page of
 * PF-MSMTrec stands on many runs, `pf-msmtrec/<name>` in pf-msmtrec-runs.ts: it runs what FOLDER lacks, goes on
 * with what is unfinished there, and is written once all are there. So does the page of privacy, `privacy/<name>`,
 * which all of its runs make together, and PyTorch beside them where ATOLL_BENCH_PYTHON names a Python that has it,
 * and that of FedCCTR, `fedcctr/<name>` in fedcctr-runs.ts.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readExperiment } from "@atoll/node/experiment";
import { resultSchema, type Result } from "@atoll/node/results";
import { runExperiment, writeAtomically } from "@atoll/node/runs";
import { makeFedcctrPage } from "./fedcctr-results.ts";
import { FEDCCTR_RUNS } from "./fedcctr-runs.ts";
import { fedmmPage, type FedMmResults } from "./fedmm-page.ts";
import { table } from "./page.ts";
import { executeRuns } from "./pf-msmtrec-execute.ts";
import { pfPage } from "./pf-msmtrec-page.ts";
import { RUNS } from "./pf-msmtrec-runs.ts";
import { makePrivacyPage, PRIVACY } from "./privacy-results.ts";

const root = resolve(import.meta.dirname, "..");
const { values: flags } = parseArgs({
  options: { from: { type: "string" }, only: { type: "string" } },
});

/** Experiments of the model shelf, one after another on one page. */
const SHELF = [
  "shelf/criteo-adkdd21",
  "shelf/movielens-1m",
  "shelf/movielens-1m-sequences",
  "shelf/amazon-food-kitchen",
  "shelf/amazon-food-kitchen-rows",
];

const wanted = (name: string) => flags.only === undefined || name.includes(flags.only);

/** nDCG@10 as published by Bhargav et al., ECIR 2023 (notebook of efficient-xmrec), single market. */
const PUBLISHED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  GMF: { de: 0.2574, jp: 0.0823, in: 0.0511, fr: 0.2502, ca: 0.2566, mx: 0.5066, uk: 0.4136 },
  MLP: { de: 0.2986, jp: 0.134, in: 0.4506, fr: 0.2869, ca: 0.2934, mx: 0.5367, uk: 0.4465 },
  NeuMF: { de: 0.3214, jp: 0.1717, in: 0.4265, fr: 0.3014, ca: 0.2848, mx: 0.543, uk: 0.4488 },
};
/** An independent re-run of the same protocol, seed 42, and a popularity count on its candidates. */
const RERUN: typeof PUBLISHED = {
  popularity: {
    de: 0.2784,
    jp: 0.2037,
    in: 0.4387,
    fr: 0.2628,
    ca: 0.3383,
    mx: 0.5172,
    uk: 0.4463,
  },
  GMF: { de: 0.2694, jp: 0.082, in: 0.1261, fr: 0.2554, ca: 0.263, mx: 0.5128, uk: 0.4158 },
  MLP: { de: 0.3081, jp: 0.1264, in: 0.4254, fr: 0.28, ca: 0.2946, mx: 0.5327, uk: 0.4385 },
  NeuMF: { de: 0.3289, jp: 0.1612, in: 0.4506, fr: 0.3157, ca: 0.2917, mx: 0.5441, uk: 0.4356 },
};
/** Accepted distance: seed noise of the published protocol. */
const toleranceOf = (client: string) => (client === "jp" || client === "in" ? 0.04 : 0.015);

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

function anchorPage(result: Result): string {
  const clients = Object.keys(result.clients);
  const value = (method: string, client: string) =>
    result.methods[method]!.clients[client]!["ndcg@10"]!;
  const ours = Object.keys(result.methods).map((method) => [
    method,
    ...clients.map(
      (client) =>
        `${value(method, client).mean.toFixed(4)} ± ${value(method, client).sd.toFixed(4)}`,
    ),
  ]);
  const against = (reference: typeof PUBLISHED) =>
    Object.entries(reference).map(([method, own]) => [
      method,
      ...clients.map((client) => {
        const distance = value(method, client).mean - own[client]!;
        const tolerance = method === "popularity" ? 0.002 : toleranceOf(client);
        return `${own[client]!.toFixed(4)} (${distance >= 0 ? "+" : ""}${distance.toFixed(4)}${Math.abs(distance) > tolerance ? " **outside**" : ""})`;
      }),
    ]);
  return `# XMarket Electronics, single market: the published rows

Made by \`npm run results\` from examples/datasets/xmarket-electronics.yaml. nDCG@10, 99 sampled candidates, seeds ${result.seeds.join(", ")}, mean ± standard
deviation over seeds.

${table(["method", ...clients], ours)}
## Against the published rows

Published value (our mean minus it). Accepted: ±0.015 on de, fr, ca, mx, uk, ±0.04 on jp and in; what lies beyond says
**outside**.

${table(["method", ...clients], against(PUBLISHED))}
## Against an independent re-run of the published code (seed 42)

The popularity row comes from that re-run; accepted there: ±0.002.

${table(["method", ...clients], against(RERUN))}
## How to read this

- GMF on \`in\` (239 users) does not converge in 25 passes: its value depends on the seed more than on anything else; the
  published 0.051 and the re-run's 0.126 are two draws of it.
- A popularity count has no randomness but its candidates, and the reference is one draw of them. The standard deviation
  over our seeds is of the size of the accepted 0.002.
- Where GMF on \`ca\` lies outside, MLP and NeuMF, which start from it, agree.
- Equal scores count with their mean over random order here (\`ties: expected\`), because the published tool orders them
  arbitrarily. Everywhere else the default is pessimistic.
- Training negatives exclude held-out items here, as published: a mild leak. Repeated pairs are kept, as published.
`;
}

function xmarketPage(result: Result): string {
  const clients = [...Object.keys(result.clients), "macro"];
  const { metric, methods } = result;
  const rows = Object.entries(methods).map(
    ([method, { role, clients: own, macro, bytes, rounds }]) => [
      role === "reference" ? `${method} (reference)` : method,
      ...clients.map((client) => {
        const interval = client === "macro" ? macro[metric]! : own[client]![metric]!;
        const verdict = result.comparisons.find(
          (entry) => entry.method === method && entry.client === client && entry.metric === metric,
        )?.verdict;
        const mark = verdict === "better" ? " ▲" : verdict === "worse" ? " ▼" : "";
        return `${interval.mean.toFixed(4)} ± ${((interval.high - interval.low) / 2).toFixed(4)}${mark}`;
      }),
      `${(bytes.up / 1024).toFixed(0)} KiB`,
      rounds.toFixed(1),
    ],
  );
  const gains = result.comparisons
    .filter((entry) => entry.metric === metric && entry.client === "macro")
    .map((entry) => [
      entry.method,
      `${entry.difference >= 0 ? "+" : ""}${entry.difference.toFixed(4)}`,
      `[${entry.low.toFixed(4)}, ${entry.high.toFixed(4)}]`,
      entry.pHolm.toFixed(3),
      entry.verdict,
    ]);
  return `# XMarket Electronics, seven markets: the baselines

Made by \`npm run results\` from examples/xmarket.yaml. ${metric}, seeds ${result.seeds.join(", ")}, mean ± half the width of the 95% interval over
users and seeds; ▲ and ▼ are clear differences to local-only training (paired, Holm-corrected).

${table(["method", ...clients, "up per seed", "rounds"], rows)}
## Macro mean against local-only

${table(["method", "difference", "95% interval", "p (Holm)", "verdict"], gains)}
## How to read this

- Sharing the network alone does not help these markets; their item tables stay at home.
- The centralised model is a reference for what pooling gives under the same number of passes, not an upper bound: where its
  rounds are at their limit it had not stopped by itself, and it shares one item table among markets that differ.

## Protocol

${result.protocol.map(({ topic, text }) => `- **${topic}**: ${text}`).join("\n")}
`;
}

/** Where tables of the page mark a difference, it is to this. */
const markOf = (result: Result, method: string, client: string, metric: string) => {
  const verdict = result.comparisons.find(
    (entry) => entry.method === method && entry.client === client && entry.metric === metric,
  )?.verdict;
  return verdict === "better" ? " ▲" : verdict === "worse" ? " ▼" : "";
};

function shelfTable(result: Result): string {
  const { methods, comparisons } = result;
  const clients = Object.keys(result.clients);
  const metrics = (result.experiment["evaluation"] as { metrics: string[] }).metrics;
  const columns =
    clients.length === 1
      ? metrics.map((metric) => ({ client: clients[0]!, metric, title: metric }))
      : clients.flatMap((client) =>
          metrics.slice(0, 2).map((metric) => ({ client, metric, title: `${client} ${metric}` })),
        );
  const rows = Object.entries(methods).map(([method, { clients: own, rounds, seconds }]) => [
    method,
    ...columns.map(({ client, metric }) => {
      const interval = own[client]?.[metric];
      if (interval === undefined) return "-";
      const half = ((interval.high - interval.low) / 2).toFixed(4);
      return `${interval.mean.toFixed(4)} ± ${half}${markOf(result, method, client, metric)}`;
    }),
    rounds.toFixed(0),
    seconds.toFixed(0),
  ]);
  const experiment = result.experiment as { name: string; description: string };
  const against = comparisons[0]?.against;
  return `## ${experiment.name.replace("shelf-", "")}

${experiment.description} Seeds ${result.seeds.join(", ")}; mean ± half the width of the 95% interval over users (rows, where there are no
users) and seeds.${against === undefined ? "" : ` ▲ and ▼ are clear differences to ${against} (paired, Holm-corrected).`} The last columns are rounds
(a pass each, but for the closing ones, which only validate) and seconds for each seed, while other trainings and other work
shared the four cores: no measure of speed.

${table(["model", ...columns.map(({ title }) => title), "rounds", "s"], rows)}
`;
}

function shelfPage(results: readonly Result[]): string {
  return `# The model shelf on three datasets

Made by \`npm run results -- --only shelf\` from examples/shelf. Every model has the same rows, passes, optimiser, early
stopping by validation and default sizes; nothing was tuned for one of them, so that small differences say little about
what a model could reach. Protocols stand in the experiments and their reports.

${results.map(shelfTable).join("\n")}
## How to read this

- **Criteo**: no model orders clicks clearly better than logistic regression, which was still getting better at its twentieth
  pass; the deep ones are best after two or three passes and overfit from there. With about forty sales in a test split, the
  intervals of the sale columns (± .03 to .05) are as wide as the largest differences: they rank nobody. \`hash_18\` is an anonymous feature: STAR and PEPNet show that they run, not what they
  are for.
- **MovieLens 1M**: the order of what a user watched decides. SASRec with a sampled softmax comes close to what its paper
  publishes for 100 sampled negatives (Kang and McAuley 2018: nDCG@10 .5905, HR@10 .8245) in ten passes. Of the models that see users and items alone
  EASE, which has no passes, is best; click models had five passes with one negative for each positive, and all but LR were still
  getting better, LightGCN fifteen of the hundreds that it wants.
- **Food-Kitchen**: ABXI publishes nDCG@10 .1971 (Food) and .1427 (Kitchen) for 999 sampled items, trained on both domains at
  once; here every domain is alone, and after twelve passes SASRec was mostly still getting better. Validation over 500 lists is
  noisy, and a patience of three rounds ended GRU4Rec after its first pass in five of six trainings and BERT4Rec early in four:
  their rows say little about what they could reach. The second table ranks 99 items, so its numbers are no match for the first.
`;
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

// A whole name is that run alone, though it may begin others.
const isRun = FEDCCTR_RUNS.some(({ name }) => `fedcctr/${name}` === flags.only);
const ofFedcctr = (name: string) =>
  isRun ? `fedcctr/${name}` === flags.only : wanted(`fedcctr/${name}`);
if (FEDCCTR_RUNS.some(({ name }) => ofFedcctr(name))) {
  const folder = flags.from ?? (await mkdtemp(join(tmpdir(), "atoll-results-")));
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(`fedcctr: runs lie in ${folder}; --from ${folder} goes on there`);
  await makeFedcctrPage({ folder, root, wanted: ofFedcctr, say });
}
