import { presentUsers } from "./ratio.ts";
import type { Measured, MetricDefinition, Scored } from "./types.ts";

/** Guo et al. 2017 report 15 equal-width bins of [0, 1]; bin b is [b / 15, (b + 1) / 15). */
const NUM_BINS = 15;

/** A bin's gap per row that rounding alone can leave: it has no sign, whatever order it was summed in. */
const ROUNDING = 1e-12;

/**
 * ECE = sum over bins of |sum of (p - y) in the bin| / N. While no bin's gap changes its sign, this is
 * a mean over rows of sign(gap of the bin) (p - y), from which a user's influence follows; for a bin
 * whose gap is within its noise that understates how far a bootstrap sample moves.
 */
function measureEce(scored: Scored): Measured {
  const { examples, scores, numUsers } = scored;
  const { label, numRows: N, user } = examples;
  const gap = new Float64Array(NUM_BINS);
  const binOf = (p: number) => Math.min(NUM_BINS - 1, Math.floor(p * NUM_BINS));
  for (let row = 0; row < N; row++) gap[binOf(scores[row]!)]! += scores[row]! - label[row]!;
  const sign = gap.map((own) => (Math.abs(own) <= ROUNDING * N ? 0 : Math.sign(own)));
  const value = gap.reduce((sum, own) => sum + Math.abs(own), 0) / N;
  const influence = new Float64Array(numUsers);
  for (let row = 0; row < N; row++) {
    const signed = sign[binOf(scores[row]!)]! * (scores[row]! - label[row]!);
    influence[user[row]!]! += (signed - value) / N;
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
