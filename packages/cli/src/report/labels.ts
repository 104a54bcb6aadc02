const metricNames: Readonly<Record<string, string>> = {
  ndcg: "NDCG",
  hr: "HR",
  mrr: "MRR",
  recall: "Recall",
  auc: "AUC",
  gauc: "gAUC",
  avgauc: "avgAUC",
  logloss: "log loss",
  ne: "NE",
  ece: "ECE",
};

/** Errors and losses; every other metric is better when higher. */
const lowerIsBetter = new Set([
  "logloss",
  "ne",
  "ece",
  "brier",
  "rmse",
  "mae",
  "loss",
  "trainLoss",
]);

/** A metric's name, cut-off and label: `ndcg@10:sale` is `ndcg`, `@10` and `sale`. */
function parts(metric: string): {
  readonly name: string;
  readonly cutoff: string;
  readonly task?: string;
} {
  const [, name = metric, cutoff = "", task] = /^([^@:]*)(@\d+)?(?::(.+))?$/.exec(metric) ?? [];
  return { name, cutoff, ...(task !== undefined && { task }) };
}

/**
 * A metric as people write it.
 *
 * @example
 * metricLabel("ndcg@10") // "NDCG@10"
 * metricLabel("auc:sale") // "AUC of sale"
 */
export function metricLabel(metric: string): string {
  const { name, cutoff, task } = parts(metric);
  const label = (Object.hasOwn(metricNames, name) ? metricNames[name]! : name) + cutoff;
  return task === undefined ? label : `${label} of ${task}`;
}

/** The task that a metric measures; undefined where it names none. */
export function taskOf(metric: string): string | undefined {
  return parts(metric).task;
}

/** The metrics of the list that measure the same as `metric`, whatever the task; itself among them. */
export function ofAllTasks(metric: string, metrics: readonly string[]): string[] {
  const { name, cutoff, task } = parts(metric);
  if (task === undefined) return [metric];
  return metrics.filter((other) => {
    const own = parts(other);
    return own.name === name && own.cutoff === cutoff && own.task !== undefined;
  });
}

/** +1 where more is better, -1 for errors and losses. */
export function direction(metric: string): 1 | -1 {
  return lowerIsBetter.has(parts(metric).name) ? -1 : 1;
}

const methodNames: Readonly<Record<string, string>> = {
  popularity: "Popularity",
  local: "Local only",
  centralised: "Centralised",
  "centralised-codes": "Centralised codes",
  "best-possible": "Best possible",
  fedavg: "FedAvg",
  fedprox: "FedProx",
  fedbn: "FedBN",
  fedadam: "FedAdam",
  ditto: "Ditto",
  fedper: "FedPer",
  fedrep: "FedRep",
  scaffold: "SCAFFOLD",
  fedamp: "FedAMP",
  fedhca2: "FedHCA2-like",
  "fedavg-finetuned": "FedAvg, fine-tuned",
  "item-knn": "item-kNN",
  ease: "EASE",
  "mf-bpr": "MF-BPR",
  lightgcn: "LightGCN",
  fedmm: "FedMM",
  fedcctr: "FedCCTR",
  "pf-msmtrec": "PF-MSMTRec",
};

/** A method as papers write it, if the experiment did not name it otherwise. */
export function methodLabel(name: string): string {
  return Object.hasOwn(methodNames, name) ? methodNames[name]! : name;
}
