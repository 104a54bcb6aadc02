import type { Result } from "@atoll/node/results";
import { table } from "../../markdown.ts";
import { epsilonOf } from "../privacy/part.ts";
import { epsilonText } from "../privacy/tables.ts";
import { MACRO, difference, find, labelOf, mark } from "../compared.ts";

export const NDCG = "ndcg@10";
export const DOMAINS = ["food", "kitchen"] as const;
export type Domain = (typeof DOMAINS)[number];

/** What ABXI (WWW 2025) publishes for this split and these candidates, means of five seeds. */
export const ANCHOR: Readonly<Record<Domain, Readonly<Record<string, number>>>> = {
  food: { [NDCG]: 0.1971, "hr@10": 0.3243 },
  kitchen: { [NDCG]: 0.1427, "hr@10": 0.2438 },
};

/** Runs without which there is no page; sections of the others stand where they are finished. */
export const NEEDED: readonly string[] = ["main", "privacy"];

/** The metric of a method in a domain, or of their mean, with its interval. */
export function valueOf(result: Result, method: string, client: string, metric = NDCG) {
  const own = result.methods[method];
  const found = client === MACRO ? own?.macro[metric] : own?.clients[client]?.[metric];
  if (found === undefined)
    throw new Error(`${String(result.experiment["name"])} lacks ${metric} of ${method}, ${client}`);
  return found;
}

const text = ({ mean, low, high }: ReturnType<typeof valueOf>) =>
  `${mean.toFixed(4)} ± ${((high - low) / 2).toFixed(4)}`;

/** Every method of the main run beside what is published. */
export function mainTable(result: Result, against: string): string {
  const [columns, metrics] = [DOMAINS.flatMap((client) => [client, client]), [NDCG, "hr@10"]];
  const cells = (of: (client: Domain, metric: string) => string) =>
    columns.map((client, i) => of(client, metrics[i % 2]!));
  return table(
    ["method", ...cells((client, metric) => `${client} ${metric}`), "up per client", "rounds"],
    [
      [
        "*ABXI, published*",
        ...cells((client, metric) => `*${ANCHOR[client][metric]!.toFixed(4)}*`),
        "",
        "",
      ],
      ...Object.entries(result.methods).map(([method, { role, rounds, stages }]) => [
        labelOf(result, method),
        ...cells((client, metric) => {
          const marked = mark(find(result, method, against, client, metric));
          return `${text(valueOf(result, method, client, metric))}${marked}`;
        }),
        role === "federated" ? uploadOf(stages) : "",
        rounds.toFixed(0),
      ]),
    ],
  );
}

/** What one answer of the training stage weighs; sums of simulated clients weigh as much as one client's update. */
function uploadOf(stages: Result["methods"][string]["stages"]): string {
  const train = stages?.find(({ stage }) => stage === "train");
  return train === undefined ? "" : `${(train.largestUp / 2 ** 20).toFixed(2)} MiB`;
}

/** Methods by title, each with its value and its difference in every domain. */
export function differenceTable(
  result: Result,
  rows: readonly { readonly title: string; readonly method: string }[],
  against: string,
  domains: readonly string[] = DOMAINS,
): string {
  return table(
    ["", ...domains.flatMap((client) => [`${client} ${NDCG}`, `against ${against}`])],
    rows.map(({ title, method }) => [
      title,
      ...domains.flatMap((client) => [
        text(valueOf(result, method, client)),
        method === against ? "" : difference(find(result, method, against, client, NDCG)),
      ]),
    ]),
  );
}

/** Methods by title, of several runs, each with its value in every domain. */
export function valueTable(
  rows: readonly { readonly title: string; readonly method: string; readonly result: Result }[],
): string {
  return table(
    ["", ...DOMAINS.map((client) => `${client} ${NDCG}`)],
    rows.map(({ title, method, result }) => [
      title,
      ...DOMAINS.map((client) => text(valueOf(result, method, client))),
    ]),
  );
}

/** Methods with their promise, and what of them is left under it. */
export function promiseTable(
  result: Result,
  { methods, noiseless, title }: { methods: readonly string[]; noiseless: string; title: string },
): string {
  return table(
    [
      "method",
      "unit",
      "epsilon",
      "who took part is seen",
      ...DOMAINS.flatMap((client) => [`${client} ${NDCG}`, `of ${noiseless}`, `against ${title}`]),
    ],
    methods.map((method) => {
      const { privacy } = result.methods[method]!;
      const accounts = Object.values(privacy?.accounts ?? {});
      const seen = accounts.flatMap(({ unamplified }) =>
        unamplified === undefined ? [] : unamplified === "infinity" ? Infinity : unamplified,
      );
      return [
        method,
        privacy?.unit ?? "",
        method === title ? "nothing leaves" : epsilonText(epsilonOf(result, method)),
        seen.length === 0 ? "" : epsilonText(Math.max(...seen)),
        ...DOMAINS.flatMap((client) => {
          const own = valueOf(result, method, client);
          const share = own.mean / valueOf(result, noiseless, client).mean;
          return [
            text(own),
            `${(100 * share).toFixed(0)}%`,
            method === title ? "" : difference(find(result, method, title, client, NDCG)),
          ];
        }),
      ];
    }),
  );
}
