import { signed, table } from "../../markdown.ts";
import type { PrivacyResults } from "./page.ts";
import { aucOf, epsilonOf, pairedBySeed, promisesOf, type Part } from "./part.ts";
import { compared, epsilonText, TUNED } from "./tables.ts";

/** What the tables say, in sentences that hold whatever the numbers are. */
export function inShort(results: PrivacyResults): string {
  const { criteo, movielens, users } = results;
  const parts = [criteo, movielens, users];
  const points = [
    ...parts.map((part) => costs(part)),
    againstPopularity([movielens, users]),
    sides(parts),
    trusted(results),
  ];
  return `AUC, means over seeds:

${meansTable(parts)}
${points.map((line) => `- ${line}\n`).join("")}`;
}

const auc = (part: Part, method: string) => aucOf(part, method).mean.toFixed(4);

/** One row for each of the data; all have the same promises. */
function meansTable(parts: readonly Part[]): string {
  const promises = parts.map((part) => promisesOf(part).toReversed());
  const { result } = parts[0]!;
  return table(
    [
      "",
      "tuned, no promise",
      "private settings, no promise",
      ...promises[0]!.map((method) => `epsilon ${epsilonText(epsilonOf(result, method))}`),
    ],
    parts.map((part, i) => [
      part.title,
      auc(part, TUNED),
      auc(part, part.without),
      ...promises[i]!.map((method) => auc(part, method)),
    ]),
  );
}

const range = ({ low, high }: { readonly low: number; readonly high: number }) =>
  `[${signed(low)}, ${signed(high)}]`;

/** Where, from the weakest promise on, one begins to cost clearly. */
function costs(part: Part): string {
  const { title, result, client, without } = part;
  const clearly = promisesOf(part)
    .toReversed()
    .find((method) => compared(result, method, { against: without, client })?.verdict === "worse");
  if (clearly === undefined) return `**${title}**: no promise here costs clearly.`;
  const found = compared(result, clearly, { against: without, client })!;
  return `**${title}**: at the same settings, epsilon ${epsilonText(epsilonOf(result, clearly))} is the weakest promise that clearly costs: ${signed(found.difference)} ${range(found)}.`;
}

/** Down to which promise the model is worth more than a count that promises nothing. */
function againstPopularity(parts: readonly Part[]): string {
  const said = parts.map((part) => {
    const { title, result, client } = part;
    const above = promisesOf(part).filter(
      (method) => compared(result, method, { against: "popularity", client })?.verdict === "better",
    );
    const least = above[0];
    return least === undefined
      ? `${title}: at no epsilon here`
      : `${title}: down to epsilon ${epsilonText(epsilonOf(result, least))}`;
  });
  return `**Clearly better than each movie's unprotected click rate**: ${said.join("; ")}.`;
}

function sides(parts: readonly Part[]): string {
  const differences = parts.flatMap(({ ours, theirs }) =>
    theirs === undefined
      ? []
      : Object.entries(theirs.aucs).map(([method, other]) => pairedBySeed(ours[method]!, other)),
  );
  if (differences.length === 0) return "**PyTorch**: was not there.";
  const largest = Math.max(...differences.map(({ mean }) => Math.abs(mean)));
  const holding = differences.filter(({ low, high }) => low <= 0 && high >= 0).length;
  return `**Beside PyTorch**: mean AUCs differ by ${largest.toFixed(4)} at most; ${holding} of ${differences.length} intervals hold zero (of twenty, one would miss it by chance).`;
}

function trusted({ trust }: PrivacyResults): string {
  const macro = (method: string) => trust.methods[method]!.macro["auc"]!.mean.toFixed(4);
  return `**Whom one trusts**, at epsilon 3 for each of 100 clients: AUC ${macro("central")} where the server adds the noise, ${macro("distributed")} where all clients do together, ${macro("local-static")} and ${macro("local-adaptive")} where each does alone; ${macro("none")} without a promise, ${macro("alone")} without a federation.`;
}
