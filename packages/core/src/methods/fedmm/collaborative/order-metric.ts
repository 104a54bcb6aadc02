import { parseMetric } from "../../../metrics/index.ts";

/**
 * The metric by which collaborative vectors are chosen: the experiment's, but AUC of the same label where
 * that one measures probabilities. Scores of such vectors are an order; as probabilities they get worse
 * from the first pass on, and the untrained state would be the best.
 */
export function orderMetric(selectBy: string): string {
  const { definition, task } = parseMetric(selectBy);
  if (!definition.probabilities) return selectBy;
  return task === undefined ? "auc" : `auc:${task}`;
}
