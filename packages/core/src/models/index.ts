export { clippedProgram, type ClippedOptions } from "./clipped-program.ts";
export {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  dropoutRate,
  embedAll,
  embeddingStd,
  embeddingWidth,
  hiddenSizes,
} from "./ctr/features.ts";
export { firstOrder, type FirstOrder } from "./ctr/first-order.ts";
export { logitHead } from "./ctr/head.ts";
export { fieldVectors, presentOf, valuesOf, type FieldsOf, type FieldVectorsOf } from "./fields.ts";
export { isGrouped, lossConfig, PLAIN_LOSS, type LossConfig, type LossOptions } from "./loss.ts";
export type { MmoeConfig } from "./multitask/mmoe.ts";
export { templateConfig, templatedMmoe, type TemplateConfig } from "./multitask/templated-mmoe.ts";
export {
  gatesProgram,
  indexedFeatures,
  predictProgram,
  trainProgram,
  type TrainProgramOptions,
} from "./program.ts";
export {
  hasOwnOthers,
  lastStateProgram,
  sequenceProgram,
  type SequenceLoss,
  type SequenceSizes,
} from "./sequence-program.ts";
export {
  buildModel,
  modelConfig,
  modelConfigWith,
  modelOf,
  modelTable,
  models,
  type AddedModelConfig,
  type AnyModel,
  type ModelConfig,
  type ModelKind,
  type Configs,
} from "./registry.ts";
export type {
  ForwardInputs,
  ForwardOutputs,
  Model,
  ModelDefinition,
  SequenceInputs,
  SequenceObjective,
  TrainedModel,
} from "./types.ts";
