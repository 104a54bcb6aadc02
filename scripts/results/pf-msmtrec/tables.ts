import { holm } from "@atoll/core/stats";
import type { Result } from "@atoll/node/results";
import {
  clientsOf,
  difference,
  find,
  labelOf,
  MACRO,
  mark,
  metricsOf,
  range,
  titleOf,
  type Comparison,
} from "../compared.ts";
import { signed, table } from "../../markdown.ts";

export const CLICK = "auc:click";
export const SALE = "auc:sale";

/** Less than 30 positive test rows over all folds. */
const NOT_EVALUABLE = "n.e.";

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
          const marked = mark(find(result, method, "local", client, metric));
          return value === undefined ? "-" : `${value.mean.toFixed(4)}${marked}`;
        }),
        mean === undefined
          ? "-"
          : `${mean.mean.toFixed(4)} ± ${((mean.high - mean.low) / 2).toFixed(4)}${mark(find(result, method, "local", MACRO, metric))}`,
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
        return name === method ? "" : difference(entry, mark(entry));
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
        return difference(entry, mark(entry));
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
