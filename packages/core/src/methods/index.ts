export type { AugmentationJob, AugmentationOptions } from "./fedcctr/augmentation-job.ts";
export type { FedcctrConfig } from "./fedcctr/config.ts";
export { anchorsStage } from "./fedmm/anchors/anchors.ts";
export {
  methodConfig,
  methods,
  resolveMethod,
  roleOf,
  trainsModel,
  type MethodEntry,
  type MethodKind,
} from "./registry.ts";
export { EVALUATION_FILE } from "./stages/evaluate.ts";
export { observedIn, type Observed } from "./stages/observed.ts";
export type { PfConfig } from "./pf-msmtrec/index.ts";
export { planDpSgd, type DpSgdPlan } from "./stages/privacy/dp-sgd.ts";
export { RETIRED_FILE, retiredIn, type Retired } from "./stages/retired.ts";
export { TRAINED_FILE } from "./stages/start-from.ts";
export { readGates, type StoredGates } from "./stages/store-gates.ts";
export { usesOf } from "./stages/uses-of.ts";
export type { MethodDefinition, MethodSettings } from "./types.ts";
export {
  CODEBOOK_FILE,
  codeAgreement,
  codebookUse,
  divisionByChance,
  pooledFedMm,
  readCodebooks,
  type Agreement,
  type CentralisedCodesConfig,
  type CodebookUse,
  type FedMmConfig,
  type MarketCodes,
  type PairAgreement,
  type StoredCodebook,
  type StoredCodebooks,
} from "./fedmm/index.ts";
export {
  findingsOf,
  overlapOf,
  projectionFile,
  readDomains,
  type AugmentationEffect,
  type AugmentationNumbers,
  type DomainDiagnostics,
  type EncoderCosine,
  type Finding,
  type RetiredClients,
} from "./fedcctr/diagnostics/index.ts";
