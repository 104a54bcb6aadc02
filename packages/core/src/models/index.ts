export { predictProgram, trainProgram } from "./program.ts";
export { buildModel, modelConfig, models, type ModelConfig, type ModelKind } from "./registry.ts";
export type {
  ForwardInputs,
  ForwardOutputs,
  Model,
  ModelDefinition,
  TrainedModel,
} from "./types.ts";
