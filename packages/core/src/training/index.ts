export { trainingConfig, type TrainingConfig } from "./config.ts";
export { initialNumbers, tableStream, type Numbers } from "./numbers.ts";
export { select, type Selection } from "./selection.ts";
export {
  createTrainer,
  type EpochOptions,
  type SavedTrainer,
  type Trainer,
  type TrainerOptions,
} from "./trainer.ts";
