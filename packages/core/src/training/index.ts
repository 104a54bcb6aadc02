export { trainingConfig, type TrainingConfig } from "./config.ts";
export { createLearned, type Learned } from "./learned.ts";
export type { PassTerms } from "./dense-update.ts";
export type { PassCost, PassSecrets, PrivateTraining } from "./private-training.ts";
export { batchUnitsOf, passCost, unitsOf } from "./private/index.ts";
export type { EpochOptions, RefreshOptions, Learner } from "./learner.ts";
export { initialNumbers, tableStream, type Numbers } from "./numbers.ts";
export type { VectorRange } from "./ranges.ts";
export { createRowScorer, type RowScorer, type ScorerOptions } from "./scorer.ts";
export { select, type Selection } from "./selection.ts";
export {
  createPredictStep,
  createTrainStep,
  drawMask,
  tableOptimiserOf,
  type MaskDraw,
  type PredictStep,
  type StepOptions,
  type TrainStep,
  type StepParts,
} from "./step.ts";
export { createTrainer, type SavedTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";
export type { LearnerOptions } from "./row-learner.ts";
