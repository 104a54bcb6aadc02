import { stripVTControlCharacters, styleText } from "node:util";
import { parseMetric } from "@atoll/core/metrics";
import type { Result } from "@atoll/node/results";
import { bytes } from "./units.ts";
import { table } from "./table.ts";

/**
 * Methods by clients for the headline metric, and for the same metric of other tasks; `+` and `-` mark clear
 * differences to the baseline. Where the terminal is too narrow, the columns after the mean are left out.
 */
export function resultTable(result: Result, colour: boolean, width = Infinity): string {
  const headline = tableOf(result, result.metric, { colour, width, traffic: true });
  const others = ofOtherTasks(result).map((metric) => tableOf(result, metric, { colour, width }));
  const baseline = result.comparisons[0]?.against;
  return [
    [headline, ...others].join("\n\n"),
    ...(baseline === undefined
      ? []
      : [`+ / - : clearly better / worse than ${baseline} (paired, Holm-corrected).`]),
    "* : a reference that no federation can have.",
  ].join("\n");
}

/** The metrics that measure what the headline does, of other tasks. */
function ofOtherTasks({ metric, methods }: Result): string[] {
  const { definition, k, task } = parseMetric(metric);
  if (task === undefined) return [];
  const names = new Set(Object.values(methods).flatMap(({ macro }) => Object.keys(macro)));
  return [...names].filter((name) => {
    const other = parseMetric(name);
    const same = other.definition === definition && other.k === k;
    return same && other.task !== undefined && other.task !== task;
  });
}

function tableOf(
  { methods, comparisons, macroClients, ...result }: Result,
  metric: string,
  {
    colour,
    width,
    traffic: withTraffic = false,
  }: { readonly colour: boolean; readonly width: number; readonly traffic?: boolean },
): string {
  const clients = Object.keys(result.clients);
  const paint = (style: "green" | "red" | "bold" | "dim", cell: string) =>
    colour ? styleText(style, cell) : cell;
  const cellOf = (method: string, client: string) => {
    const of = methods[method]!;
    const interval = client === "macro" ? of.macro[metric] : of.clients[client]?.[metric];
    if (interval === undefined) return "-";
    const verdict = comparisons.find(
      (comparison) =>
        comparison.method === method &&
        // Others may be compared with more methods than the one that the line below the table names.
        comparison.against === comparisons[0]!.against &&
        comparison.client === client &&
        comparison.metric === metric,
    )?.verdict;
    const number = interval.mean.toFixed(4);
    if (verdict === "better") return paint("green", `${number}+`);
    if (verdict === "worse") return paint("red", `${number}-`);
    return `${number} `;
  };
  const worst = worstOf(methods, metric, clients.length);
  const rows = Object.entries(methods).map(([name, { role, macro, bytes: traffic, rounds }]) => {
    const interval = macro[metric];
    return [
      role === "reference" ? paint("dim", `${name} *`) : name,
      ...clients.map((client) => cellOf(name, client)),
      cellOf(name, "macro"),
      interval === undefined ? "" : `[${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`,
      ...(worst[name] === undefined ? [] : [worst[name]]),
      ...(withTraffic
        ? [bytes(traffic.up), bytes(traffic.down), rounds.toFixed(rounds % 1 === 0 ? 0 : 1)]
        : []),
    ];
  });
  const { label } = parseMetric(metric);
  const meanOf = macroClients?.[metric] ?? clients;
  const left = meanOf.length === 0 ? [] : clients.filter((client) => !meanOf.includes(client));
  const header = [
    label,
    ...clients,
    "mean",
    "95% interval",
    ...(Object.keys(worst).length > 0 ? ["worst"] : []),
    ...(withTraffic ? ["up", "down", "rounds"] : []),
  ];
  const all = [header.map((cell) => paint("bold", cell)), ...rows];
  const wide = table(all);
  const fits = wide.split("\n").every((line) => stripVTControlCharacters(line).length <= width);
  return [
    fits ? wide : table(all.map((cells) => cells.slice(0, clients.length + 2))),
    ...(left.length === 0
      ? []
      : [`mean: without ${left.join(", ")}, whose test rows do not define ${label}.`]),
  ].join("\n");
}

/** By method, the client that it serves worst; none of results of earlier versions, or of a single client. */
function worstOf(
  methods: Result["methods"],
  metric: string,
  numClients: number,
): Readonly<Record<string, string>> {
  const known = Object.entries(methods).map(
    ([name, { worst }]) => [name, worst?.[metric]] as const,
  );
  if (numClients < 2 || known.every(([, worst]) => worst === undefined)) return {};
  return Object.fromEntries(
    known.map(([name, worst]) => [
      name,
      worst === undefined ? "-" : `${worst.mean.toFixed(4)} ${worst.client}`,
    ]),
  );
}
