export { assembleResult } from "./assemble.ts";
export { metricsLineSchema, resultSchema, type MetricsLine, type Result } from "./result.ts";
