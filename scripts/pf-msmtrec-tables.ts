import { holm } from "@atoll/core/stats";
import type { Result } from "@atoll/node/results";
import { signed, table, type Comparison } from "./page.ts";

export const MACRO = "macro";
export const CLICK = "auc:click";
export const SALE = "auc:sale";

/** Less than 30 positive test rows over all folds. */
const NOT_EVALUABLE = "n.e.";

export function find(
  { comparisons }: Result,
  method: string,
  against: string,
  client = MACRO,
  metric = CLICK,
): Comparison | undefined {
  return comparisons.find(
    (entry) =>
      entry.method === method &&
      entry.against === against &&
      entry.client === client &&
      entry.metric === metric,
  );
}

/** A comparison that a statement stands on: without it there is no page. */
export function need(...of: Parameters<typeof find>): Comparison {
  const found = find(...of);
  if (found === undefined)
    throw new Error(
      `${String(of[0].experiment["name"])} does not compare ${of.slice(1).join(", ")}`,
    );
  return found;
}

const range = (low: number, high: number) => `[${signed(low)}, ${signed(high)}]`;

export const difference = (entry: Comparison | undefined, mark = "") =>
  entry === undefined ? "-" : `${signed(entry.difference)} ${range(entry.low, entry.high)}${mark}`;

const verdict = (entry: Comparison | undefined) =>
  entry?.verdict === "better" ? " ▲" : entry?.verdict === "worse" ? " ▼" : "";

export const labelOf = ({ methods }: Result, method: string) =>
  methods[method]!.role === "reference" ? `${method} (reference)` : method;

export const metricsOf = ({ experiment }: Result) =>
  (experiment["evaluation"] as { readonly metrics: readonly string[] }).metrics;

export const clientsOf = ({ clients }: Result) => Object.keys(clients);

/** `AUC, click`. */
export function titleOf(metric: string): string {
  const [kind = metric, task] = metric.split(":");
  const title = kind === "auc" ? "AUC" : kind === "logloss" ? "Log loss" : kind;
  return task === undefined ? title : `${title}, ${task}`;
}

/** A metric in every scenario, the macro mean with half the width of its interval, and the worst scenario. */
export function valueTable(result: Result, metric: string): string {
  const clients = clientsOf(result);
  const methods = Object.keys(result.methods).filter((method) =>
    clients.some((client) => result.methods[method]!.clients[client]?.[metric] !== undefined),
  );
  const evaluable = new Set(
    clients.filter((client) =>
      methods.some((method) => result.methods[method]!.clients[client]?.[metric] !== undefined),
    ),
  );
  return table(
    ["method", ...clients, MACRO, "worst", "rounds"],
    methods.map((method) => {
      const { clients: own, macro, worst, rounds } = result.methods[method]!;
      const mean = macro[metric];
      const last = worst?.[metric];
      return [
        labelOf(result, method),
        ...clients.map((client) => {
          if (!evaluable.has(client)) return NOT_EVALUABLE;
          const value = own[client]?.[metric];
          const mark = verdict(find(result, method, "local", client, metric));
          return value === undefined ? "-" : `${value.mean.toFixed(4)}${mark}`;
        }),
        mean === undefined
          ? "-"
          : `${mean.mean.toFixed(4)} ± ${((mean.high - mean.low) / 2).toFixed(4)}${verdict(find(result, method, "local", MACRO, metric))}`,
        last === undefined ? "-" : `${last.mean.toFixed(4)} (${last.client})`,
        rounds.toFixed(0),
      ];
    }),
  );
}

/** All metrics of a run, the clicks' AUC open and the others folded. */
export function valueTables(result: Result): string {
  const [first, ...others] = metricsOf(result);
  const over = (metric: string) => {
    const own = result.macroClients?.[metric];
    return own === undefined ? "" : `The macro mean is over ${own.join(", ")}.\n\n`;
  };
  return `${titleOf(first!)}:

${over(first!)}${valueTable(result, first!)}
${others
  .map(
    (metric) =>
      `<details><summary>${titleOf(metric)}</summary>\n\n${over(metric)}${valueTable(result, metric)}\n</details>\n`,
  )
  .join("\n")}`;
}

/** Macro differences of all methods. */
export function differenceTable(
  result: Result,
  against: readonly string[],
  metric = metricsOf(result)[0]!,
): string {
  const having = against.filter((name) => name in result.methods);
  const methods = Object.keys(result.methods).filter(
    (method) => result.methods[method]!.macro[metric] !== undefined,
  );
  return table(
    ["method", ...having.map((name) => `against ${name}`)],
    methods.map((method) => [
      labelOf(result, method),
      ...having.map((name) => {
        const entry = find(result, method, name, MACRO, metric);
        return name === method ? "" : difference(entry, verdict(entry));
      }),
    ]),
  );
}

/** One method against others in every scenario. */
export function scenarioTable(result: Result, method: string, against: readonly string[]): string {
  const metric = metricsOf(result)[0]!;
  const having = against.filter((name) => find(result, method, name, MACRO, metric));
  return table(
    ["scenario", "training rows", ...having.map((name) => `against ${name}`)],
    clientsOf(result).map((client) => [
      client,
      result.clients[client]!.train.toLocaleString("en"),
      ...having.map((name) => {
        const entry = find(result, method, name, client, metric);
        return difference(entry, verdict(entry));
      }),
    ]),
  );
}

/** Comparisons that were named beforehand, with Holm's correction over them alone. */
export function namedTable(
  named: readonly { readonly title: string; readonly entry: Comparison }[],
): string {
  const adjusted = holm(named.map(({ entry }) => entry.p));
  return table(
    ["comparison", "difference", "95% interval", "by test rows alone", "p", "p (Holm)"],
    named.map(({ title, entry }, i) => [
      title,
      signed(entry.difference),
      range(entry.low, entry.high),
      entry.rowsLow === undefined || entry.rowsHigh === undefined
        ? "-"
        : range(entry.rowsLow, entry.rowsHigh),
      entry.p.toFixed(4),
      adjusted[i]!.toFixed(4),
    ]),
  );
}
