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

/** The metric without cut-off and without the task it belongs to: `ctr/ndcg@10` is `ndcg`. */
function stem(metric: string): string {
  return metric.slice(metric.lastIndexOf("/") + 1).split("@")[0] ?? metric;
}

/**
 * A metric as people write it.
 *
 * @example
 * metricLabel("ndcg@10") // "NDCG@10"
 */
export function metricLabel(metric: string): string {
  const name = stem(metric);
  const label = Object.hasOwn(metricNames, name) ? metricNames[name]! : name;
  const start = metric.lastIndexOf("/") + 1;
  return metric.slice(0, start) + label + metric.slice(start + name.length);
}

/** +1 where more is better, -1 for errors and losses. */
export function direction(metric: string): 1 | -1 {
  return lowerIsBetter.has(stem(metric)) ? -1 : 1;
}

const methodNames: Readonly<Record<string, string>> = {
  popularity: "Popularity",
  local: "Local only",
  centralised: "Centralised",
  "best-possible": "Best possible",
  fedavg: "FedAvg",
  fedprox: "FedProx",
  fedbn: "FedBN",
  fedadam: "FedAdam",
  fedmm: "FedMM",
  fedcctr: "FedCCTR",
  "pf-msmtrec": "PF-MSMTRec",
};

/** A method as papers write it, if the experiment did not name it otherwise. */
export function methodLabel(name: string): string {
  return Object.hasOwn(methodNames, name) ? methodNames[name]! : name;
}
