import { AtollError, nearest } from "../errors/index.ts";
import { openTable } from "../registry/index.ts";
import { auc } from "./auc.ts";
import { ece } from "./calibration.ts";
import { avgAuc, gauc, gaucByPositives } from "./gauc.ts";
import { logloss } from "./logloss.ts";
import { normalisedEntropy } from "./normalised-entropy.ts";
import { hr, mrr, ndcg } from "./ranking.ts";
import type { MetricDefinition } from "./types.ts";

/** Every metric an experiment may name; those with a cut-off are written `name@k`. */
export const metrics = {
  auc,
  gauc,
  "gauc-positives": gaucByPositives,
  avgauc: avgAuc,
  logloss,
  ne: normalisedEntropy,
  ece,
  hr,
  ndcg,
  mrr,
} as const satisfies Record<string, MetricDefinition>;

export interface ParsedMetric {
  /** The name without cut-off and label. */
  readonly base: string;
  readonly definition: MetricDefinition;
  /** The cut-off; Infinity where the metric has none. */
  readonly k: number;
  /** The label it is measured on, in data with several; undefined: the first. */
  readonly task: string | undefined;
  /** For people: `NDCG@10`, `AUC of conversion`. */
  readonly label: string;
}

/** Every one by name: where extensions add theirs. */
export const metricTable = openTable<MetricDefinition>("metric", metrics);

/** Reads a name such as `auc`, `ndcg@10` or, of the label conversion, `auc:conversion`. */
export function parseMetric(name: string): ParsedMetric {
  const [, base = "", cutoff, task] = /^([^@:]*)(?:@([1-9]\d*))?(?::(.+))?$/.exec(name) ?? [];
  const definition = metricTable.find(base);
  if (definition === undefined) throw unknownMetric(name);
  if (definition.cutoff !== (cutoff !== undefined)) throw unknownMetric(name);
  const label = cutoff === undefined ? definition.label : `${definition.label}@${cutoff}`;
  return {
    base,
    definition,
    k: cutoff === undefined ? Infinity : Number(cutoff),
    task,
    label: task === undefined ? label : `${label} of ${task}`,
  };
}

function unknownMetric(name: string): AtollError {
  const names = metricTable
    .names()
    .map((base) => (metricTable.get(base).cutoff ? `${base}@10` : base));
  const meant = nearest(name, names);
  return new AtollError(
    "METRIC_UNKNOWN",
    `no metric "${name}"${meant ? `; did you mean "${meant}"?` : ""}; there are ${names.join(", ")} (any cut-off)`,
  );
}

/**
 * What is measured where an experiment names no metrics; the first is the headline. Where lists hold every item of a
 * client, only means over lists are: others keep all rows in memory.
 */
export function defaultMetrics(
  feedback: "explicit" | "implicit",
  tasks: readonly string[],
  { everyItem = false }: { readonly everyItem?: boolean } = {},
): string[] {
  if (feedback === "implicit")
    return ["ndcg@10", "hr@10", "mrr@10", ...(everyItem ? [] : ["auc", "logloss"])];
  if (tasks.length === 1) return ["auc", "gauc", "logloss", "ne", "ece"];
  return tasks.flatMap((task) => ["auc", "logloss", "ne"].map((metric) => `${metric}:${task}`));
}
