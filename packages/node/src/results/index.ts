export { assembleResult } from "./assemble.ts";
export {
  metricsLineSchema,
  resultSchema,
  type CandidateFile,
  type MetricsLine,
  type Result,
} from "./result.ts";
