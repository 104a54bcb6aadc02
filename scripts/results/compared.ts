import type { Result } from "@atoll/node/results";
import { signed } from "../markdown.ts";

export type Comparison = Result["comparisons"][number];

/** The mean over clients. */
export const MACRO = "macro";

/** Without a metric: the headline one. */
export function find(
  { comparisons, metric: headline }: Result,
  method: string,
  against: string,
  client = MACRO,
  metric = headline,
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

export const range = (low: number, high: number) => `[${signed(low)}, ${signed(high)}]`;

export const difference = (entry: Comparison | undefined, mark = "") =>
  entry === undefined ? "-" : `${signed(entry.difference)} ${range(entry.low, entry.high)}${mark}`;

/** Clearly better, clearly worse. */
export const mark = (entry: Comparison | undefined) =>
  entry?.verdict === "better" ? " ▲" : entry?.verdict === "worse" ? " ▼" : "";

export const labelOf = ({ methods }: Result, method: string) =>
  methods[method]!.role === "reference" ? `${method} (reference)` : method;

export const metricsOf = ({ experiment }: Result) =>
  (experiment["evaluation"] as { readonly metrics: readonly string[] }).metrics;

/** `seeds 1, 2, 3`. */
export function seedsOf({ seeds }: Result): string {
  if (seeds.length > 3) return `seeds ${seeds[0]} to ${seeds.at(-1)}`;
  return `${seeds.length > 1 ? "seeds" : "seed"} ${seeds.join(", ")}`;
}

export const clientsOf = ({ clients }: Result) => Object.keys(clients);

/** `AUC, click`. */
export function titleOf(metric: string): string {
  const [kind = metric, task] = metric.split(":");
  const title = kind === "auc" ? "AUC" : kind === "logloss" ? "Log loss" : kind;
  return task === undefined ? title : `${title}, ${task}`;
}
