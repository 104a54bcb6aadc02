export { seedNoise, userDeltas, type DeltaOptions } from "./bootstrap.ts";
export type { Comparison } from "./comparison.ts";
export { criticalDifference } from "./critical-difference.ts";
export { mean, quantile, standardDeviation } from "./descriptive.ts";
export { effectOf, type Effect } from "./effect.ts";
export {
  differenceOf,
  estimate,
  macroOf,
  type Estimate,
  type Part,
  type Difference,
} from "./estimate.ts";
export type { Folds } from "./folds.ts";
export { holm } from "./holm.ts";
export { intervalOf, pValueOf, type Interval } from "./inference.ts";
export { friedman, type Friedman } from "./ranks.ts";
export { studentCritical, studentTail } from "./student-t.ts";
export type { Worst } from "./macro.ts";
export { summarise, type Summary, type SummaryInput } from "./summarise.ts";
export { signedRank, type SignedRank } from "./wilcoxon.ts";
