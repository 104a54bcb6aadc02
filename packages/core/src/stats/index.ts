export { seedDraws, userDraws, type UserDraws } from "./bootstrap.ts";
export { mean, normalCdf, quantile, standardDeviation } from "./descriptive.ts";
export { holm } from "./holm.ts";
export {
  summarise,
  type Comparison,
  type Interval,
  type Summary,
  type SummaryInput,
} from "./summarise.ts";
