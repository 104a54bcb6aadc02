export { seedNoise, userDeltas, type DeltaOptions } from "./bootstrap.ts";
export { mean, quantile, standardDeviation } from "./descriptive.ts";
export { differenceOf, estimate, macroOf, type Estimate } from "./estimate.ts";
export type { Folds } from "./folds.ts";
export { holm } from "./holm.ts";
export { intervalOf, pValueOf, type Interval } from "./inference.ts";
export { studentCritical, studentTail } from "./student-t.ts";
export type { Worst } from "./macro.ts";
export { summarise, type Comparison, type Summary, type SummaryInput } from "./summarise.ts";
