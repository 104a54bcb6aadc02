export { evaluationConfig, type EvaluationConfig } from "./config.ts";
export { measure } from "./measure.ts";
export { defaultMetrics, metrics, parseMetric, type ParsedMetric } from "./registry.ts";
export type {
  Defined,
  Measured,
  MetricDefinition,
  MetricName,
  Scored,
  Ties,
  Undefined,
} from "./types.ts";
