import { presentUsers, ratioOfSums } from "./ratio.ts";
import type { Defined, MetricDefinition, Scored } from "./types.ts";

/** Probabilities are kept this far from 0 and 1: a single-precision score can be exactly 0 or 1. */
export const CLIP = 1e-7;

/** Sums of the loss and of rows by user. */
export function lossByUser({ examples, scores, numUsers }: Scored) {
  const loss = new Float64Array(numUsers);
  const rows = new Float64Array(numUsers);
  const positives = new Float64Array(numUsers);
  for (let row = 0; row < examples.numRows; row++) {
    const p = Math.min(1 - CLIP, Math.max(CLIP, scores[row]!));
    const user = examples.user[row]!;
    loss[user]! -= examples.label[row] === 1 ? Math.log(p) : Math.log1p(-p);
    rows[user]! += 1;
    positives[user]! += examples.label[row]!;
  }
  return { loss, rows, positives };
}

export function measureLogLoss(scored: Scored): Defined {
  const { loss, rows } = lossByUser(scored);
  return ratioOfSums(loss, rows, presentUsers(scored));
}

export const logloss: MetricDefinition = {
  label: "Log loss",
  summary: `Mean of -y ln p - (1 - y) ln(1 - p), p clipped to [${CLIP}, 1 - ${CLIP}].`,
  higherIsBetter: false,
  needs: "labels",
  probabilities: true,
  cutoff: false,
  measure: measureLogLoss,
};
