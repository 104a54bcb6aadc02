import type { Result } from "@atoll/node/results";
import { table } from "../../markdown.ts";
import { mark } from "../compared.ts";

/** Where tables of the page mark a difference, it is to this. */
const markOf = (result: Result, method: string, client: string, metric: string) =>
  mark(
    result.comparisons.find(
      (entry) => entry.method === method && entry.client === client && entry.metric === metric,
    ),
  );

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
  return `## ${experiment.name.replace("model-shelf-", "")}

${experiment.description} Seeds ${result.seeds.join(", ")}; mean ± half the width of the 95% interval over users (rows, where there are no
users) and seeds.${against === undefined ? "" : ` ▲ and ▼ are clear differences to ${against} (paired, Holm-corrected).`} The last columns are rounds
(a pass each, but for the closing ones, which only validate) and seconds for each seed, while other trainings and other work
shared the four cores: no measure of speed.

${table(["model", ...columns.map(({ title }) => title), "rounds", "s"], rows)}
`;
}

/** docs/results/model-shelf.md. */
export function shelfPage(results: readonly Result[]): string {
  return `# The model shelf on three datasets

Made by \`npm run results -- --only model-shelf\` from examples/shelf. Every model has the same rows, passes, optimiser, early
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
