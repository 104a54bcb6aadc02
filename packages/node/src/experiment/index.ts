export { columnsOfClient, commonOf, feedbackOf, rolesOf } from "./client-columns.ts";
export { ExperimentError, type ExperimentIssue } from "./issue.ts";
export { parseExperiment, parseOverride, readExperiment, type Override } from "./read.ts";
export { learnedTask, metricOfTask } from "./learned-task.ts";
export { knownKeys } from "./known-keys.ts";
export { experimentJsonSchema, experimentSchema, type Experiment } from "./schema.ts";
export { openYaml, type YamlFile } from "./yaml-file.ts";
export { shown, translate, type Path, type PathIssue } from "./zod-issues.ts";
