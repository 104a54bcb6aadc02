export {
  askAugmentations,
  inspectAugmentations,
  planAugmentations,
  type AugmentOptions,
} from "./augment.ts";
export { askForAnswers, augmentationSources, placeOfExperiment } from "./augmentation.ts";
export { SERVER } from "./cell.ts";
export type { Environment } from "./environment.ts";
export type { CellName, RunEvent, RunOutcome, StagePlan } from "./events.ts";
export { fileNameOf, readIfThere, readWhole, writeAtomically } from "./files.ts";
export { runFolder, type RunFolder } from "./folder.ts";
export { numbersOf } from "./numbers-of.ts";
export { partySpec, rowsOf, splitIn } from "./party.ts";
export { partiesOf, planOf, stagesOf, type Party, type Plan, type PlannedMethod } from "./plan.ts";
export {
  prepareClients,
  readTables,
  rulesOf,
  type ClientTable,
  type PrepareOptions,
} from "./prepare.ts";
export { prepareTables, type PreparedTable } from "./prepare-tables.ts";
export { privacyPlaceOf } from "./privacy-place.ts";
export { readRun, resumeRun, runExperiment, type RunOptions } from "./run.ts";
export { withoutTestRows } from "./without-test-rows.ts";
