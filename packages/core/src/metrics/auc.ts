import { presentUsers } from "./ratio.ts";
import type { Measured, MetricDefinition, Scored } from "./types.ts";

/** Row numbers by ascending score; a typed sort of doubles beats a comparator several times. */
export function ascending(scores: ArrayLike<number>, rows?: ArrayLike<number>): Uint32Array {
  const length = rows?.length ?? scores.length;
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = rows ? rows[i]! : i;
  return order.sort((a, b) => scores[a]! - scores[b]!);
}

/**
 * For every row of `order` the share of rows of the other class that it is ranked rightly against,
 * equal scores counting half: the placement values, written to `placement`. Returns the two class
 * counts and the AUC.
 */
export function placements(
  order: Uint32Array,
  scores: ArrayLike<number>,
  label: ArrayLike<number>,
  placement: Float64Array,
): { readonly positives: number; readonly negatives: number; readonly auc: number } {
  let positives = 0;
  for (const row of order) positives += label[row]!;
  const negatives = order.length - positives;
  let positivesBelow = 0;
  let negativesBelow = 0;
  let sum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let tiedPositives = 0;
    const score = scores[order[start]!]!;
    while (end < order.length && scores[order[end]!]! === score) tiedPositives += label[order[end++]!]!;
    const tiedNegatives = end - start - tiedPositives;
    const ofPositive = (negativesBelow + tiedNegatives / 2) / negatives;
    const ofNegative = (positives - positivesBelow - tiedPositives / 2) / positives;
    for (let i = start; i < end; i++) placement[order[i]!] = label[order[i]!] === 1 ? ofPositive : ofNegative;
    sum += tiedPositives * ofPositive;
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
    start = end;
  }
  return { positives, negatives, auc: sum / positives };
}

/**
 * Area under the ROC curve, by ranks: the chance that a positive outscores a negative, ties half.
 * A user's influence sums (placement - AUC) / (number of rows of that class) over its rows: Hoeffding's
 * projection of the U-statistic, clustered by user (Obuchowski 1997).
 */
function measureAuc(scored: Scored): Measured {
  const { examples, scores, numUsers } = scored;
  const placement = new Float64Array(examples.numRows);
  const { positives, negatives, auc } = placements(ascending(scores), scores, examples.label, placement);
  if (positives === 0 || negatives === 0)
    return { kind: "undefined", reason: `all ${examples.numRows} rows have the label ${positives === 0 ? 0 : 1}` };
  const influence = new Float64Array(numUsers);
  for (let row = 0; row < examples.numRows; row++)
    influence[examples.user[row]!]! +=
      (placement[row]! - auc) / (examples.label[row] === 1 ? positives : negatives);
  return { kind: "value", value: auc, influence, present: presentUsers(scored) };
}

export const auc: MetricDefinition = {
  label: "AUC",
  summary: "The chance that a positive row outscores a negative one, equal scores counting half (Mann-Whitney U).",
  higherIsBetter: true,
  needs: "labels",
  probabilities: false,
  cutoff: false,
  measure: measureAuc,
};
