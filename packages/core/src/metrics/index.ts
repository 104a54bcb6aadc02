export { evaluationConfig, type EvaluationConfig } from "./config.ts";
export { measureHeldOut, type HeldOutScoring } from "./measure-held-out.ts";
export { measure, type MeasureOptions } from "./measure.ts";
export { presentUsers, ratioOfSums } from "./ratio.ts";
export {
  defaultMetrics,
  metrics,
  metricTable,
  parseMetric,
  type ParsedMetric,
} from "./registry.ts";
export { tellingFeatures } from "./telling.ts";
export type {
  Defined,
  Gain,
  Measured,
  MetricDefinition,
  MetricName,
  Scored,
  Ties,
  Undefined,
} from "./types.ts";
