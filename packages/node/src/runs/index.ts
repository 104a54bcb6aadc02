export {
  askAugmentations,
  inspectAugmentations,
  planAugmentations,
  type AugmentOptions,
} from "./augment.ts";
export {
  askForAnswers,
  augmentationSources,
  placeOfExperiment,
  type AnswersOptions,
} from "./augmentation.ts";
export { SERVER, type Role } from "./cell.ts";
export type { Environment } from "./environment.ts";
export type { CellName, RunEvent, RunOutcome, StagePlan } from "./events.ts";
export { fileNameOf, readIfThere, readWhole, writeAtomically } from "./files.ts";
export {
  oldRunFolder,
  runFolder,
  type RunFolder,
  type CellRecord,
  type OldRun,
  type RunRecord,
} from "./folder.ts";
export { GLOBAL_MODEL_FILE, keepGlobalModel, type GlobalModel } from "./global-model.ts";
export { numbersOf } from "./numbers-of.ts";
export { inOwnFolder, makeFolder, type FolderWork } from "./own-folder.ts";
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
export {
  changeRun,
  readRun,
  resumeRun,
  runExperiment,
  type RunOptions,
  type RunFiles,
} from "./run.ts";
export { withoutTestRows } from "./without-test-rows.ts";
