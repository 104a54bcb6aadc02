import { stripVTControlCharacters } from "node:util";
import { parseMetric } from "@atoll/core/metrics";
import { epsilonText, deltaText } from "../report/index.ts";
import type { DeployedResults } from "./deployed-results.ts";
import { table } from "./table.ts";
import { bytes } from "./units.ts";

/** Methods by clients for one metric of the test rows, and what each method took. */
export function deployedTable(
  { headline, metrics, clients, methods }: DeployedResults,
  { metric = headline, width = Infinity }: { readonly metric?: string; readonly width?: number },
): string {
  const { label } = parseMetric(metric);
  const isPrivate = methods.some(({ epsilon }) => epsilon !== undefined);
  const number = (value: number | undefined) => value?.toFixed(4) ?? "-";
  const rows = [
    [label, ...clients, "mean", "seeds", "rounds", "up", "down", ...(isPrivate ? ["epsilon"] : [])],
    ...methods.map((method) => [
      method.isReference ? `${method.method} *` : method.method,
      ...clients.map((client) => number(method.clients[client]?.[metric])),
      number(method.macro[metric]),
      String(method.seeds),
      method.rounds.toFixed(method.rounds % 1 === 0 ? 0 : 1),
      bytes(method.bytes.up),
      bytes(method.bytes.down),
      ...(isPrivate ? [epsilonText(method.epsilon)] : []),
    ]),
  ];
  const wide = table(rows);
  const fits = wide.split("\n").every((line) => stripVTControlCharacters(line).length <= width);
  const left = clients.filter((client) =>
    methods.some((method) => method.clients[client]?.[metric] === undefined),
  );
  const deltas = [...new Set(methods.flatMap(({ delta }) => delta ?? []))];
  const others = metrics.filter((name) => name !== metric);
  return [
    // Where a terminal is too narrow, clients are lines and methods are columns.
    fits ? wide : table(transposed(rows)),
    ...(methods.some(({ isReference }) => isReference)
      ? ["* : a reference that no federation can have."]
      : []),
    ...(left.length === 0 || left.length === clients.length
      ? []
      : [`mean: without ${left.join(", ")}, for which not every method has ${label}.`]),
    ...(deltas.length === 0
      ? []
      : [`epsilon: of the weakest account, at delta ${deltas.map(deltaText).join(", ")}.`]),
    ...(others.length === 0 ? [] : [`Other metrics, with --metric: ${others.join(", ")}.`]),
  ].join("\n");
}

function transposed(rows: readonly (readonly string[])[]): string[][] {
  return rows[0]!.map((_, i) => rows.map((row) => row[i]!));
}
