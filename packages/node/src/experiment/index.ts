export {
  columnsOfClient,
  commonOf,
  feedbackOf,
  rolesOf,
  type FilesData,
} from "./client-columns.ts";
export { ExperimentError, type ExperimentIssue } from "./issue.ts";
export {
  loadNamed,
  parseExperiment,
  parseOverride,
  readExperiment,
  readWritten,
  type Override,
  type ParseOptions,
  type WrittenExperiment,
} from "./read.ts";
export { learnedTask, metricOfTask } from "./learned-task.ts";
export { metricsOf } from "./metrics-of.ts";
export { experimentJsonSchema, experimentSchema, type Experiment } from "./schema.ts";
export { parseStrictYaml, type StrictYaml } from "./strict-yaml.ts";
export { openYaml, type YamlFile } from "./yaml-file.ts";
export { shown, type Path, type PathIssue } from "./zod-issues.ts";
