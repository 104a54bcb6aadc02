import { lossByUser, measureLogLoss } from "./logloss.ts";
import type { Measured, MetricDefinition, Scored } from "./types.ts";

/**
 * Log loss over the entropy H(q) of the rows' own positive rate q. With L = loss, the delta method gives
 * a user's influence: dL / H - L H'(q) dq / H^2, where H'(q) = ln((1 - q) / q).
 */
function measureNormalisedEntropy(scored: Scored): Measured {
  const { rows, positives } = lossByUser(scored);
  const numRows = scored.examples.numRows;
  const rate = positives.reduce((sum, count) => sum + count, 0) / numRows;
  if (rate === 0 || rate === 1)
    return { kind: "undefined", reason: `all ${numRows} rows have the label ${rate}` };
  const entropy = -rate * Math.log(rate) - (1 - rate) * Math.log1p(-rate);
  const slope = Math.log((1 - rate) / rate);
  const { value: loss, influence, present } = measureLogLoss(scored);
  return {
    kind: "value",
    value: loss / entropy,
    influence: influence.map((ofLoss, u) => {
      const ofRate = (positives[u]! - rate * rows[u]!) / numRows;
      return ofLoss / entropy - (loss * slope * ofRate) / entropy ** 2;
    }),
    present,
  };
}

export const normalisedEntropy: MetricDefinition = {
  label: "Normalised entropy",
  summary:
    "Log loss divided by the entropy of the rows' own positive rate: 1 is no better than the base rate (He et al. 2014).",
  higherIsBetter: false,
  needs: "labels",
  probabilities: true,
  cutoff: false,
  measure: measureNormalisedEntropy,
};
