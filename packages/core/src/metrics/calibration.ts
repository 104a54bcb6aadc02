import { presentUsers } from "./ratio.ts";
import type { Measured, MetricDefinition, Scored } from "./types.ts";

/** Equal-width bins of [0, 1], as Guo et al. 2017 use them. */
const NUM_BINS = 15;

/**
 * ECE = sum over bins of |sum of (p - y) in the bin| / N. Within the sign of each bin's gap it is a
 * mean, from which a user's influence follows.
 */
function measureEce(scored: Scored): Measured {
  const { examples, scores, numUsers } = scored;
  const N = examples.numRows;
  const gap = new Float64Array(NUM_BINS);
  const binOf = (p: number) => Math.min(NUM_BINS - 1, Math.floor(p * NUM_BINS));
  for (let row = 0; row < N; row++) gap[binOf(scores[row]!)]! += scores[row]! - examples.label[row]!;
  const value = gap.reduce((sum, own) => sum + Math.abs(own), 0) / N;
  const influence = new Float64Array(numUsers);
  for (let row = 0; row < N; row++) {
    const signed = Math.sign(gap[binOf(scores[row]!)]!) * (scores[row]! - examples.label[row]!);
    influence[examples.user[row]!]! += (signed - value) / N;
  }
  return { kind: "value", value, influence, present: presentUsers(scored) };
}

export const ece: MetricDefinition = {
  label: "Calibration error",
  summary: `Expected calibration error: mean gap between predicted and observed rate over ${NUM_BINS} equal-width bins, weighted by rows (Guo et al. 2017).`,
  higherIsBetter: false,
  needs: "labels",
  probabilities: true,
  cutoff: false,
  measure: measureEce,
};
