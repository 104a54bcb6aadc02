import type { UtilitySeries } from "../../../packages/cli/src/report/charts/utility-epsilon.ts";
import { canaryBound } from "@atoll/core/privacy";
import type { Result } from "@atoll/node/results";
import { signed } from "../../markdown.ts";
import { utilitySvg } from "./chart.ts";
import { aucOf, epsilonOf, type Part } from "./part.ts";
import { inShort } from "./short.ts";
import {
  accountantTable,
  auditTable,
  compared,
  trustTable,
  TUNED,
  unitTable,
  utilityTable,
} from "./tables.ts";

const ABSENT =
  "was not there: set ATOLL_BENCH_PYTHON to a Python that has it; its columns stay empty";

/** Made-up rows in each audited training. */
export const CANARIES = 1000;

export interface PrivacyResults {
  readonly criteo: Part;
  readonly movielens: Part;
  readonly users: Part;
  readonly trust: Result;
  readonly machine: string;
  readonly date: string;
}

/** The greatest lower bound that the audit's canaries can give. */
function mostShown(): number {
  return canaryBound(
    Float64Array.from({ length: CANARIES }, (_, i) => (i % 2) + i / CANARIES),
    Uint8Array.from({ length: CANARIES }, (_, i) => i % 2),
    { delta: 0, confidence: 0.95 },
  ).epsilon;
}

const deltaOf = ({ methods }: Result) =>
  [...new Set(Object.values(methods).flatMap(({ privacy }) => privacy?.delta ?? []))]
    .map((delta) => delta.toExponential())
    .join(", ");

/** Pictures beside the page, by file name. */
export function privacyCharts({
  criteo,
  movielens,
  users,
}: PrivacyResults): Record<string, string> {
  const movies = [
    ...seriesOf(movielens, "a promise about every rating", 1),
    ...seriesOf(users, "a promise about every user", 3),
  ];
  return {
    "privacy-criteo.svg": utilitySvg(seriesOf(criteo, "Criteo", 1), "AUC"),
    "privacy-movielens.svg": utilitySvg(movies, "AUC"),
  };
}

/** Our points with their intervals, and PyTorch's. */
function seriesOf(part: Part, name: string, colour: number): UtilitySeries[] {
  const { result, ours, theirs } = part;
  const shared = Object.keys(ours);
  const at = (method: string) => ({ name: method, epsilon: epsilonOf(result, method) });
  const own = shared.map((method) => {
    const { mean, low, high } = aucOf(part, method);
    return { ...at(method), value: mean, low, high };
  });
  const others = shared.flatMap((method) => {
    const aucs = theirs?.aucs[method];
    if (aucs === undefined) return [];
    const value = aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length;
    return [{ ...at(method), value, low: value, high: value }];
  });
  const unit = Object.values(result.methods).find(({ privacy }) => privacy)?.privacy?.unit;
  return [
    { name: `${name}, Atoll`, colour, unit, points: own },
    ...(others.length === 0
      ? []
      : [{ name: `${name}, PyTorch`, colour: colour + 1, unit, points: others }]),
  ];
}

export function privacyPage(results: PrivacyResults): string {
  const { criteo, movielens, users, trust, machine, date } = results;
  const parts = [criteo, movielens, users];
  const torch = [...new Set(parts.flatMap(({ theirs }) => theirs?.version ?? []))].join(", ");
  const settings = ({ experiment, result }: Part) =>
    `${experiment.description ?? experiment.name} Seeds ${experiment.seeds.join(", ")}, delta ${deltaOf(result)}.`;
  return `# What a promise costs

Made by \`npm run results -- --only privacy\` from examples/privacy on ${date}: ${machine}; PyTorch ${torch === "" ? ABSENT : torch}.

## In short

${inShort(results)}
## Clicks of Criteo: a promise about every impression

${settings(criteo)} Logistic regression on 19 hashed features, DP-SGD with Poisson sampling; every row of the table but
\`tuned\` has the same settings. A coin would have an AUC of 0.5.

${utilityTable(criteo)}
![AUC against epsilon on Criteo](privacy-criteo.svg)

AUC with half the width of its 95% interval over rows and seeds; differences are paired, ▲ and ▼ clear after Holm's correction.
PyTorch is the same model, sampling, clipping and noise written by hand (benchmarks/privacy), on the same rows, with other draws
of everything that is random; its last column is paired by seed, with Student's interval. The noise multiplier is the least
that keeps all steps within epsilon by the accountant \`rdp\`.

## MovieLens 100K: ratings and users

A promise about every rating. ${settings(movielens)} DeepFM on users, movies and genres.

${utilityTable(movielens)}
A promise about every user. ${settings(users)} Logistic regression on movies alone.
Every user takes part in every step, with the mean gradient of 64 ratings at most.

${utilityTable(users)}
![AUC against epsilon on MovieLens](privacy-movielens.svg)

Intervals are over users and seeds. \`popularity\` is each movie's click rate, counted without any promise. Side by side:

${unitTable(movielens, users)}
The two models differ, because one that knows users has no use where users are what is hidden: compare each with its own first
row. A promise about users is the stronger one at the same epsilon: a user has 85 ratings here on average, and all of them may
change at once. 943 users share the noise of a step, against 80,000 ratings.

## By which accountant

The same noise, accounted for by Rényi divergences (RDP, the default) and by privacy loss distributions (PLD). Both are upper
bounds; what PLD saves could be taken off the noise by \`accountant: pld\`. The last column is what remains against whoever sees
which units a step took.

${accountantTable(parts)}
## What attacks find

\`atoll audit\` on the models of the first seed. A thousand made-up rows, canaries, are each trained on with a chance of one half;
how many are guessed right bounds epsilon from below at 95 % confidence (Steinke, Nasr and Jagielski 2023). The last column tells
training rows from test rows by their loss.

${auditTable(parts.filter(({ audit }) => audit !== undefined))}
A lower bound that is far below the promise proves nothing about the promise: a thousand guesses that are all
right would show ${mostShown().toFixed(1)} at most. A bound above it would refute it.

## Whom one has to trust

${String(trust.experiment["description"])} A promise to every client: delta 0.001, 15 rounds, all clients in every round, one
clip bound and about the same epsilon. Seeds ${trust.seeds.join(", ")}; macro means over clients.

${trustTable(trust)}
\`central\` trusts the server, which sees every update. \`distributed\` trusts all clients together: each adds a share of the noise
to integers of which only the sum may be opened. Without secure aggregation, which does not come with it, the server sees each
client's update under a tenth of the noise. \`local-static\` and \`local-adaptive\` trust nobody; \`alone\` sends nothing.

## How to read this

- **Settings were chosen on validation rows of another split (seed 100) of the same data**, in more than a hundred trainings a data set that no
  account counts. One setting serves every epsilon, so that each of them could be better with its own.
- **What is assumed public**: which movies there are, and how many rows and users.
- **The unit is a row or a user, add or remove.** One impression more or less says little of a person with many of them; Criteo's
  rows have no user, so that nothing better can be promised there.
- **On Criteo a promise of 10 is no worse than none** at the same settings, because their learning rate is large, and clipping
  steadies what it makes of single steps. The fair price is the column against \`tuned\`.
- **Epsilon 10 is a weak promise by itself**; that attacks find next to nothing even there, and with no promise at all, says that
  these small models remember little, not that it would be enough for others.
- **Sampling is secret here.** Rows take part by draws that nobody sees. Against whoever sees them, read the last column of the
  accountants' table.
- **No two runs are equal to the bit**: noise and sampling follow from a secret that each run draws anew.
- **Not covered** by any epsilon of this page: metrics of test rows, and that several models were trained on the same rows.
  \`atoll privacy explain RUN\` lists it for each.

## What falls short

${fallsShort(results)}`;
}

function fallsShort({ criteo, movielens, users }: PrivacyResults): string {
  const before = [criteo, movielens, users].map((part) => {
    const { result, without, client, title } = part;
    const found = compared(result, without, { against: TUNED, client });
    return found === undefined ? title : `${signed(found.difference)} (${title})`;
  });
  return [
    `- **Settings that bear noise cost before there is any**: without a promise they differ from ${TUNED} by ${before.join(", ")}: a model with fewer parameters, SGD, few passes, for users also clipping.`,
    "- **The models are small.** DP-SGD of wide ones needs more rows than these data have.",
    `- **${criteo.experiment.seeds.length} seeds** tell no difference to PyTorch smaller than its interval, which is up to some hundredths where noise is strong.`,
    "- **The world of the last table is synthetic**, its clients alike; where clients differ, clipping their updates costs more.",
    ...(criteo.theirs === undefined ? ["- **PyTorch's side is missing.**"] : []),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
