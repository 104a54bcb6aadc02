export { createBatch, evaluationBatches, numTrainingRows, trainingBatches } from "./batches.ts";
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
export { encode, type EncodeOptions } from "./encode.ts";
export type {
  Batch,
  EvaluationExamples,
  EvaluationPart,
  Examples,
  ItemPool,
  NegativeSource,
  TrainingData,
} from "./examples.ts";
export { limitLists } from "./limit-lists.ts";
export type {
  Candidates,
  ClientCounts,
  RoleColumn,
  SplitClient,
  SplitSampling,
  Vocabularies,
} from "./prepare-types.ts";
export {
  FIRST_VALUE_ROW,
  OUT_OF_VOCABULARY_ROW,
  PADDING_ROW,
  type CategoricalFeature,
  type FeatureOwner,
  type FeatureSchema,
  type NumericFeature,
} from "./schema.ts";
export { splitClient, type SplitRules } from "./split-client.ts";
export { syntheticConfig, type SyntheticConfig } from "./synthetic/config.ts";
export {
  oracleColumn,
  syntheticColumns,
  syntheticCommon,
  syntheticWorld,
} from "./synthetic/world.ts";
export type { RawColumn, RawTable } from "./table.ts";
export { fitVocabulary } from "./vocabulary.ts";
