import { ascending } from "./order.ts";
import { placements } from "./placements.ts";
import { presentUsers } from "./ratio.ts";
import type { Measured, MetricDefinition, Scored } from "./types.ts";

/**
 * Area under the ROC curve, by ranks: the chance that a positive outscores a negative, ties half.
 * A user's influence sums (placement - AUC) / (number of rows of that class) over its rows: Hoeffding's
 * projection of the U-statistic, clustered by user (Obuchowski 1997).
 */
function measureAuc(scored: Scored): Measured {
  const { examples, scores, numUsers } = scored;
  const { label, numRows, user } = examples;
  const placement = new Float64Array(numRows);
  const { positives, negatives, auc } = placements(ascending(scores), scores, label, placement);
  if (positives === 0 || negatives === 0)
    return {
      kind: "undefined",
      reason: `all ${numRows} rows have the label ${positives === 0 ? 0 : 1}`,
    };
  const influence = new Float64Array(numUsers);
  for (let row = 0; row < numRows; row++)
    influence[user[row]!]! += (placement[row]! - auc) / (label[row] === 1 ? positives : negatives);
  return { kind: "value", value: auc, influence, present: presentUsers(scored) };
}

export const auc: MetricDefinition = {
  label: "AUC",
  summary:
    "The chance that a positive row outscores a negative one, equal scores counting half (Mann-Whitney U).",
  higherIsBetter: true,
  needs: "labels",
  probabilities: false,
  cutoff: false,
  measure: measureAuc,
};
