export { ExperimentError, type ExperimentIssue } from "./issue.ts";
export { parseExperiment, parseOverride, readExperiment, type Override } from "./read.ts";
export { experimentJsonSchema, experimentSchema, type Experiment } from "./schema.ts";
