import type { Result } from "@atoll/node/results";
import { signed, table } from "../../markdown.ts";
import { type Comparison, MACRO, difference, find, labelOf, mark } from "../compared.ts";

/** The experiments that the page stands on. */
export interface FedMmResults {
  readonly main: Result;
  readonly allRows: Result;
  readonly ablations: Result;
  readonly synthetic: Result;
  readonly titles: Result;
}

const METRICS = ["ndcg@10", "hr@10", "auc", "logloss"];

function valueTable(result: Result, metric: string, wanted = Object.keys(result.methods)): string {
  const clients = [...Object.keys(result.clients), MACRO];
  return table(
    ["method", ...clients],
    wanted.map((method) => [
      labelOf(result, method),
      ...clients.map((client) => {
        const { clients: own, macro } = result.methods[method]!;
        const found = client === MACRO ? macro[metric] : own[client]?.[metric];
        if (found === undefined) return "-";
        const half = ((found.high - found.low) / 2).toFixed(4);
        return `${found.mean.toFixed(4)} ± ${half}${mark(find(result, method, "local", client, metric))}`;
      }),
    ]),
  );
}

const comparedText = (entry: Comparison | undefined) => difference(entry, mark(entry));

function differenceTable(
  result: Result,
  against: readonly string[],
  metric = result.metric,
  wanted = Object.keys(result.methods),
): string {
  return table(
    ["method", ...against.map((name) => `against ${name}`)],
    wanted.map((method) => [
      labelOf(result, method),
      ...against.map((name) =>
        name === method ? "" : comparedText(find(result, method, name, MACRO, metric)),
      ),
    ]),
  );
}

/** Markets in which a method is clearly better, and clearly worse, than another. */
function wins(result: Result, method: string, against: string): string {
  const having = (verdict: Comparison["verdict"]) =>
    Object.keys(result.clients).filter(
      (client) => find(result, method, against, client, result.metric)?.verdict === verdict,
    );
  const said = (clients: readonly string[]) => (clients.length === 0 ? "none" : clients.join(", "));
  return `clearly better in ${said(having("better"))}; clearly worse in ${said(having("worse"))}`;
}

function alignmentTable(result: Result, entity: "item" | "user" = "item"): string {
  const clients = Object.keys(result.clients);
  const number = (value: number | undefined, digits: number) =>
    value === undefined ? "-" : value.toFixed(digits);
  const rows = Object.entries(result.methods).flatMap(([method, { codebooks }]) => {
    const found = codebooks?.[entity];
    if (found === undefined) return [];
    const { agreement, common } = found;
    return [
      [
        method,
        number(agreement?.same.mean, 3),
        number(agreement?.chance.mean, 3),
        agreement?.ratio === undefined
          ? "-"
          : `${agreement.ratio.mean.toFixed(1)} ± ${agreement.ratio.sd.toFixed(1)}`,
        ...clients.map((client) => number(found.clients[client]?.perplexity[0], 0)),
        number(common?.union.mean, 0),
        number(common?.division.mean, 1),
      ],
    ];
  });
  return table(
    ["method", "same code", "by chance", "ratio", ...clients, "union", "division"],
    rows,
  );
}

function trafficTable(result: Result, methods: readonly string[]): string {
  const kib = (bytes: number) => (bytes / 1024).toFixed(1);
  const rows = methods.flatMap((method) =>
    (result.methods[method]?.stages ?? []).map((stage) => [
      method,
      stage.stage,
      stage.rounds.toFixed(0),
      kib(stage.bytesUp / Math.max(1, stage.answers)),
      kib(stage.largestUp),
      kib(stage.bytesDown / Math.max(1, stage.answers)),
      kib((stage.bytesUp + stage.bytesDown) / 1024),
    ]),
  );
  return table(
    [
      "method",
      "stage",
      "rounds",
      "KiB up per answer",
      "largest answer",
      "KiB down per request",
      "MiB in all per seed",
    ],
    rows,
  );
}

const name = (result: Result) => String(result.experiment["name"]);
const file = (result: Result) =>
  name(result) === "fedmm-xmarket" || name(result) === "fedmm-synthetic"
    ? `examples/${name(result)}.yaml`
    : `examples/fedmm/${name(result).replace("fedmm-", "")}.yaml`;
const seeds = (result: Result) => `seeds ${result.seeds.join(", ")}`;

/** What FedMM is worth to the same markets in a smaller and in the whole federation. */
function fewerTable(main: Result, fewer: Result): string {
  const clients = Object.keys(fewer.clients);
  const values = (result: Result, method: string) =>
    clients.map((client) => {
      const found = result.methods[method]!.clients[client]![result.metric]!;
      return `${found.mean.toFixed(4)} ± ${((found.high - found.low) / 2).toFixed(4)}`;
    });
  const line = (title: string, result: Result, method: string) => [
    `${title}, ${seeds(result)}`,
    ...values(result, method),
  ];
  return table(
    ["federation", ...clients],
    [
      line(`local`, fewer, "local"),
      line(`FedMM among ${clients.length}`, fewer, "full"),
      line(`local`, main, "local"),
      line(`FedMM among ${Object.keys(main.clients).length}`, main, "fedmm"),
    ],
  );
}

function goals({ main, synthetic }: FedMmResults): string {
  const macro = (result: Result, method: string) =>
    result.methods[method]!.macro[result.metric]!.mean;
  const local = macro(synthetic, "local");
  const pooled = macro(synthetic, "centralised");
  const share = (macro(synthetic, "fedmm") - local) / (pooled - local);
  const against = (other: string) => find(main, "fedmm", other, MACRO, main.metric)!;
  const worse = (other: string) =>
    Object.keys(main.clients).filter(
      (client) => find(main, "fedmm", other, client, main.metric)!.verdict === "worse",
    );
  const below = Object.keys(main.clients).filter(
    (client) => find(main, "fedmm", "lightgcn", client, main.metric)!.difference < 0,
  );
  const ratio = main.methods["fedmm"]!.codebooks!.item!.agreement!.ratio!;
  const met = (is: boolean) => (is ? "met" : "**not met**");
  const said = (clients: readonly string[]) => (clients.length === 0 ? "none" : clients.join(", "));
  return table(
    ["goal", "measured", ""],
    [
      [
        "synthetic world: half of the gap between local and centralised recovered",
        `${(100 * share).toFixed(0)}% (local ${local.toFixed(4)}, fedmm ${macro(synthetic, "fedmm").toFixed(4)}, centralised ${pooled.toFixed(4)})`,
        met(share >= 0.5),
      ],
      [
        "XMarket: +.02 macro over local, interval above zero, no market clearly worse",
        `${comparedText(against("local"))}; clearly worse: ${said(worse("local"))}`,
        met(
          against("local").difference >= 0.02 &&
            against("local").low > 0 &&
            worse("local").length === 0,
        ),
      ],
      [
        "better than local-only codes, interval above zero",
        comparedText(against("local-codes")),
        met(against("local-codes").low > 0),
      ],
      [
        "+.05 macro over local, and at or above LightGCN in every market",
        `${signed(against("local").difference)}; mean below lightgcn in: ${said(below)}; clearly worse: ${said(worse("lightgcn"))}`,
        met(against("local").difference >= 0.05 && below.length === 0),
      ],
      [
        "coupled anchors: the same code at least 5 times as often as by chance",
        `${ratio.mean.toFixed(1)} times`,
        met(ratio.mean >= 5),
      ],
    ],
  );
}

const READING = `## How to read this

- **Most of what FedMM gains needs no federation.** all-local, which has its own codes and the out-of-fold scores of its own
  LightGCN, is far above the click model alone. Beyond it federating adds a little, clearly in the mean, in no single market.
- **The published recipe ties with local-only codes**, as codes that mean nothing across borders must. Codes do help the click
  model; sharing their codebook does not, by itself.
- **What carries knowledge is the coupling of vectors through shared products**, which is opt-in and sends vectors. It lifts
  LightGCN itself, and the scores take that into the click model. It also makes equal codes mean equal things, which no other
  alignment that these markets allow comes near (item text under a shared network does, on drawn titles), though codes alone pass
  little of it on. The meter's products are the coupled ones themselves: it says that coupling took hold, not that products of one
  market alone are aligned.
- **Beside scores, codes add nothing that the ablations can see** (scores-alone against full), and neither do federated code
  embeddings, the head or tables that start from the codebook. Keeping a training row out of its own score matters much
  (in-sample-scores), and of the ways to score held-out rows the model of all training positives is better (mean-scores). In the
  ablations local has the 20 rounds of all other rows.
- **Local is the click model at the settings that were searched for it**, with batches of 256 and at most 40 rounds, all of which
  it used: it may still have been rising. local-20 has the batches and rounds of all other rows; of these the ones without scores
  used all 20 rounds too.
- Ablations have two seeds of four markets: their intervals are wide, and differences below about .01 there say little.
- Defaults and the configuration of \`fedmm\` were chosen by validation on seeds 11 and 12, which no table here has.
- Epsilons of runs with noise stand in their reports; none covers coupling.
`;

export function fedmmPage(results: FedMmResults): string {
  const { main, allRows, ablations, synthetic, titles } = results;
  const compared = (result: Result) => [
    ...new Set(result.comparisons.map(({ against }) => against)),
  ];
  const quantised = Object.keys(main.methods).filter(
    (method) => main.methods[method]!.kind === "fedmm",
  );
  return `# FedMM: codes, channels and what crosses borders

Made by \`npm run results -- --only fedmm\` from ${[main, allRows, ablations, synthetic, titles].map(file).join(", ")}. Means over seeds ± half the
width of the 95% interval over users and seeds; every seed redraws collaborative vectors, codebooks, click models and candidates.
▲ and ▼ are clear differences (paired by user and seed, Holm-corrected over markets, macro mean and methods), in tables of values
to \`local\`. What each row is, stands in the experiment beside its name; what each setting does, in
[the reference](../reference/fedmm.md).

## The goals

${goals(results)}
${READING}
## Seven markets: ${main.metric}

${file(main)}, ${seeds(main)}.

${valueTable(main, main.metric)}
## Macro differences: what codes bring, what federating brings

${main.metric}, with the 95% interval. \`local-codes\` are the same codes without a federation, \`all-local\` is all of FedMM (codes
and out-of-fold scores) without one, \`lightgcn\` the collaborative model alone.

${differenceTable(main, compared(main))}
fedmm against local: ${wins(main, "fedmm", "local")}. Against local-codes: ${wins(main, "fedmm", "local-codes")}. Against all-local:
${wins(main, "fedmm", "all-local")}. Against lightgcn: ${wins(main, "fedmm", "lightgcn")}.

## The alignment meter

How often a product that two markets hold has the same level-1 code in both, pooled over all pairs of markets, beside chance on
the same products; then the perplexity of level 1 in each market by itself (how many codes are as good as in use), over all
markets together, and as how many separate codebooks the markets use the common one.

${alignmentTable(main)}
## What travels

${trafficTable(main, quantised)}
## The other metrics

${METRICS.filter((metric) => metric !== main.metric)
  .map((metric) => `### ${metric}\n\n${valueTable(main, metric)}`)
  .join("\n")}
## Every alignment, and more baselines

${file(allRows)}, ${seeds(allRows)}: the same rows as above for ${allRows.seeds.length} of the seeds, with the others beside them.

${valueTable(allRows, allRows.metric)}
${differenceTable(allRows, compared(allRows))}
${alignmentTable(allRows)}
## Ablations

${file(ablations)}, ${seeds(ablations)}. ${String(ablations.experiment["description"])}

${valueTable(ablations, ablations.metric)}
${differenceTable(ablations, compared(ablations))}
${alignmentTable(ablations)}
## Fewer markets

The same FedMM among the ${Object.keys(ablations.clients).length} markets of the ablations, and among all ${Object.keys(main.clients).length}.

${fewerTable(main, ablations)}
## The synthetic world

${file(synthetic)}, ${seeds(synthetic)}. ${String(synthetic.experiment["description"])}

${valueTable(synthetic, synthetic.metric)}
${differenceTable(synthetic, compared(synthetic))}
${alignmentTable(synthetic)}
## Alignment by text

${file(titles)}, ${seeds(titles)}. XMarket's files have no titles; these are drawn.

${valueTable(titles, titles.metric)}
${differenceTable(titles, compared(titles))}
${alignmentTable(titles)}
## Protocol

${main.protocol.map(({ topic, text }) => `- **${topic}**: ${text}`).join("\n")}
`;
}
