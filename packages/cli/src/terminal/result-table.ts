import { stripVTControlCharacters, styleText } from "node:util";
import { parseMetric } from "@atoll/core/metrics";
import type { Result } from "@atoll/node/results";
import { bytes } from "./units.ts";
import { table } from "./table.ts";

/**
 * Methods by clients for the headline metric; `+` and `-` mark clear differences to the baseline. Where the
 * terminal is too narrow, the columns after the mean are left out.
 */
export function resultTable(result: Result, colour: boolean, width = Infinity): string {
  const { metric, methods, comparisons, macroClients } = result;
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
        comparison.client === client &&
        comparison.metric === metric,
    )?.verdict;
    const number = interval.mean.toFixed(4);
    if (verdict === "better") return paint("green", `${number}+`);
    if (verdict === "worse") return paint("red", `${number}-`);
    return `${number} `;
  };
  const rows = Object.entries(methods).map(([name, { role, macro, bytes: traffic, rounds }]) => {
    const interval = macro[metric];
    return [
      role === "reference" ? paint("dim", `${name} *`) : name,
      ...clients.map((client) => cellOf(name, client)),
      cellOf(name, "macro"),
      interval === undefined ? "" : `[${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`,
      bytes(traffic.up),
      bytes(traffic.down),
      rounds.toFixed(rounds % 1 === 0 ? 0 : 1),
    ];
  });
  const baseline = comparisons[0]?.against;
  const { label } = parseMetric(metric);
  const meanOf = macroClients?.[metric] ?? clients;
  const left = meanOf.length === 0 ? [] : clients.filter((client) => !meanOf.includes(client));
  const header = [label, ...clients, "mean", "95% interval", "up", "down", "rounds"];
  const all = [header.map((cell) => paint("bold", cell)), ...rows];
  const wide = table(all);
  const fits = wide.split("\n").every((line) => stripVTControlCharacters(line).length <= width);
  return [
    fits ? wide : table(all.map((cells) => cells.slice(0, clients.length + 2))),
    ...(baseline === undefined
      ? []
      : [`+ / - : clearly better / worse than ${baseline} (paired, Holm-corrected).`]),
    ...(left.length === 0
      ? []
      : [`mean: without ${left.join(", ")}, whose test rows do not define ${label}.`]),
    "* : a reference that no federation can have.",
  ].join("\n");
}
