export { cardSchema, type Card } from "./card.ts";
export {
  openClient,
  openServed,
  type Choice,
  type ServedClient,
  type ServedRun,
  type ServedSource,
} from "./choose.ts";
export { exportRun, type ExportOptions, type ExportOutcome } from "./export.ts";
export { manifestSchema, type Manifest } from "./manifest.ts";
export { predictRows, type PredictOptions, type PredictOutcome } from "./predict.ts";
export { MOST_DIFFERENCE, verifyExport, type Verified, type VerifyOptions } from "./verify.ts";
