export type { AugmentationJob, AugmentationOptions } from "./fedcctr/augmentation-job.ts";
export type { FedcctrConfig } from "./fedcctr/config.ts";
export { buildKept } from "./build-kept.ts";
export { aggregating, type AggregatingMethod } from "./aggregating.ts";
export { checkHead, isHead, lacksHead } from "./baselines/personal-head.ts";
export { anchorsStage } from "./fedmm/anchors/anchors.ts";
export {
  methodConfig,
  methodConfigWith,
  methodKinds,
  methodOf,
  methods,
  methodTable,
  resolveMethod,
  roleOf,
  trainsModel,
  type AddedLines,
  type MethodEntry,
  type MethodKind,
} from "./registry.ts";
export { readerOfPart } from "./fedmm/channels/per-part.ts";
export { packBlock, unpackBlock, type Block } from "./stages/blocks.ts";
export { EVALUATION_FILE, evaluateStage } from "./stages/evaluate.ts";
export { federatedStages } from "./stages/federated.ts";
export { globalModelIn } from "./stages/held.ts";
export {
  plainPasses,
  type LocalParty,
  type LocalRule,
  type LocalTraining,
  type Passes,
  type PassOptions,
  type Arrays,
} from "./stages/local-rule.ts";
export { observedIn, type Observed } from "./stages/observed.ts";
export type { PfConfig } from "./pf-msmtrec/index.ts";
export { planDpSgd, type DpSgdPlan } from "./stages/privacy/dp-sgd.ts";
export { RETIRED_FILE, retiredIn, type Retired } from "./stages/retired.ts";
export type { Added, AddedCode, AddedScore, HeadFeatures } from "./stages/added.ts";
export { readKeptModel, TRAINED_FILE, type KeptModel, type Served } from "./stages/kept-model.ts";
export {
  readKeptRecommender,
  RECOMMENDER_FILE,
  storeRecommender,
  type KeptRecommender,
  type Learned,
  type RecommenderConfig,
  type Remembered,
  type Storing,
} from "./stages/kept-recommender.ts";
export { type FitToServe } from "./stages/fitted-weights.ts";
export { asProbability, UNSEEN_ROW } from "./stages/collaborative-data.ts";
export { readHistories, type KeptHistories } from "./stages/kept-histories.ts";
export {
  POPULATION_FILE,
  readKeptPopulation,
  type KeptPopulation,
  type KeptTimes,
  type KeptUserModel,
} from "./stages/kept-population.ts";
export {
  MOST_LOGIT,
  MOST_SPAN,
  sigmoidsOfLists,
  softmaxOfLists,
  type Lists,
} from "./stages/list-scores.ts";
export { knowledgeScores } from "./stages/request-knowledge.ts";
export { askOnce, stateless } from "./stages/single-request.ts";
export { readGates, type StoredGates } from "./stages/store-gates.ts";
export {
  trainStage,
  type Alone,
  type Federated,
  type RowJoin,
  type ServerRule,
  type Sharing,
} from "./stages/train.ts";
export { usesOf } from "./stages/uses-of.ts";
export {
  method,
  type AnyMethod,
  type MethodDefinition,
  type MethodParties,
  type MethodRole,
  type MethodSettings,
} from "./types.ts";
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
export type { Augmentation } from "./stages/augmentation.ts";
export type { Join } from "./stages/exchange.ts";
