export {
  addedSchema,
  withCategorical,
  withPairs,
  type AddedCategorical,
} from "./added-features.ts";
export {
  createBatch,
  evaluationBatches,
  groupOf,
  numTrainingRows,
  trainingBatches,
  type PassOptions,
} from "./batches.ts";
export {
  columnsConfig,
  duplicatesConfig,
  feedbackConfig,
  negativesConfig,
  splitConfig,
  vocabularyConfig,
  type ColumnsConfig,
  type NegativesConfig,
  type SplitConfig,
} from "./config.ts";
export { crossDomainConfig, type CrossDomainConfig } from "./cross-domain-world/config.ts";
export { crossDomainWorld } from "./cross-domain-world/world.ts";
export { encode, type EncodeOptions } from "./encode.ts";
export { encoderOf } from "./encoder-of.ts";
export { encoderSchema, featureSchema } from "./encoder-schema.ts";
export {
  encodeColumns,
  tableRows,
  type EncodedColumns,
  type Encoder,
  type KnownRows,
  type RawFeatures,
} from "./encoder.ts";
export type {
  Batch,
  EncodedRows,
  EvaluationExamples,
  EvaluationPart,
  HeldOutRows,
  Examples,
  Histories,
  ItemPool,
  NegativeSource,
  PairNumbers,
  TrainingData,
} from "./examples.ts";
export { evaluationPart, heldOut } from "./evaluation-examples.ts";
export { drawNegatives, type Rows } from "./draw-negatives.ts";
export { itemOutside, itemsOfUser, type Pairs, type ItemsOfUser } from "./items-of-user.ts";
export {
  leakageOf,
  type Leakage,
  type PartLeakage,
  type Seen,
  type Telling,
} from "./leakage/leakage.ts";
export { tellingText, worriesOf, worryNames, type Worry } from "./leakage/worries.ts";
export { rowsOfFeature } from "./feature-rows.ts";
export {
  declaredFeatures,
  declaredSchema,
  HISTORY,
  schemaOf,
  tasksOfColumns,
  type CategoricalRule,
  type Declared,
  type DeclaredCategorical,
  type DeclaredNumeric,
  type Derivation,
  type ListRule,
  type NumericRule,
  type DeclaredFeatures,
} from "./features/declared.ts";
export { hashOf } from "./features/hash.ts";
export { derive, readsOf, type WantedColumn } from "./features/derive.ts";
export { keptValues, otherSeparator, splitList } from "./features/lists.ts";
export { wantedColumns } from "./features/wanted-columns.ts";
export { createFiller, type Filler } from "./fill.ts";
export { limitLists } from "./limit-lists.ts";
export {
  evaluationSamplerOf,
  trainingSamplerOf,
  type TrainingSampler,
  type EvaluationSampler,
  type NegativesInput,
  type Sampler,
} from "./negatives-config.ts";
export type {
  Candidates,
  ClientCounts,
  RoleColumn,
  SplitClient,
  SplitSampling,
  Vocabularies,
  TrainingDraw,
  StoredRows,
} from "./prepare-types.ts";
export {
  columnsOf,
  FIRST_VALUE_ROW,
  itemColumns,
  lengthOf,
  numColumnsOf,
  ONLY_TASK,
  OUT_OF_VOCABULARY_ROW,
  PADDING_ROW,
  tasksOf,
  vocabularyOf,
  type CategoricalFeature,
  type FeatureOwner,
  type FeatureSchema,
  type NumericFeature,
  type Pooling,
} from "./schema.ts";
export { ascending, poolItems, type PoolItems } from "./pool-items.ts";
export { columnProblems } from "./requirements.ts";
export { ruleColumns } from "./rule-columns.ts";
export { diskProblems, splitStored } from "./stored/split-stored.ts";
export type { ColumnSource } from "./stored/column-source.ts";
export { scenariosConfig, type ScenariosConfig } from "./scenarios/config.ts";
export { directionsOf, type Directions } from "./scenarios/directions.ts";
export { scenarioWorld } from "./scenarios/world.ts";
export { selectTask } from "./select-task.ts";
export { evidenceOfLabels, unlearnableLabels, type Evidence } from "./known-labels.ts";
export { sequenceWindows, type SequenceWindows } from "./sequence-windows.ts";
export { splitClient, type SplitRules } from "./split-client.ts";
export { syntheticConfig, type SyntheticConfig } from "./synthetic/config.ts";
export { oracleColumn, syntheticColumns, syntheticCommon } from "./synthetic/columns.ts";
export { syntheticWorld } from "./synthetic/world.ts";
export type { RawColumn, RawTable } from "./table.ts";
export type { TrueAffinity } from "./true-affinity.ts";
export type { WorldClient } from "./world-client.ts";
export {
  clientsOfWorld,
  columnsOfWorld,
  commonOfWorld,
  feedbackOfWorld,
  oraclesOfWorld,
  worldClients,
  worldPerSeed,
  type WorldConfig,
} from "./worlds.ts";
export { fitVocabularies } from "./fit-vocabularies.ts";
export type { Scale } from "./features/numbers.ts";
export type { EncodedClient } from "./encoded-client.ts";
export type { TimePart } from "./features/config.ts";
export type { SplitInput } from "./split/config.ts";
