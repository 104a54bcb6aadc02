export {
  askAugmentations,
  inspectAugmentations,
  planAugmentations,
  type AugmentOptions,
} from "./augment.ts";
export type { Environment } from "./environment.ts";
export type { CellName, RunEvent, RunOutcome, StagePlan } from "./events.ts";
export { readIfThere, writeAtomically } from "./files.ts";
export { planOf } from "./plan.ts";
export { readTables, rulesOf, type ClientTable } from "./prepare.ts";
export { prepareTables, type PreparedTable } from "./prepare-tables.ts";
export { readRun, resumeRun, runExperiment, type RunOptions } from "./run.ts";
