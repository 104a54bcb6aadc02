export { metricsLineSchema, resultSchema, type MetricsLine, type Result } from "./result.ts";
