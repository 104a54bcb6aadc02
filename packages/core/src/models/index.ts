export { clippedProgram, type ClippedOptions } from "./clipped-program.ts";
export { fieldVectors, presentOf, valuesOf } from "./fields.ts";
export { isGrouped, lossConfig, PLAIN_LOSS, type LossConfig, type LossOptions } from "./loss.ts";
export type { MmoeConfig } from "./multitask/mmoe.ts";
export { templateConfig, templatedMmoe, type TemplateConfig } from "./multitask/templated-mmoe.ts";
export { gatesProgram, indexedFeatures, predictProgram, trainProgram } from "./program.ts";
export {
  hasOwnOthers,
  lastStateProgram,
  sequenceProgram,
  type SequenceLoss,
  type SequenceSizes,
} from "./sequence-program.ts";
export { buildModel, modelConfig, models, type ModelConfig, type ModelKind } from "./registry.ts";
export type {
  ForwardInputs,
  ForwardOutputs,
  Model,
  ModelDefinition,
  SequenceInputs,
  SequenceObjective,
  TrainedModel,
} from "./types.ts";
