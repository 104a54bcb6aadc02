export { askMissing, type AskOptions } from "./ask.ts";
export { connectionsOf, type Connection, type SourcedTask } from "./connections.ts";
export type { Asked, AugmentationEvent, Leaving } from "./events.ts";
export { planAugmentation, type AugmentationPlan, type PlanOptions } from "./plan.ts";
export { checkRemote } from "./remote.ts";
export { readingServices, type OpenServices } from "./services.ts";
export {
  augmentationSource,
  storePathOf,
  type AugmentationPlace,
  type AugmentationSource,
  type AnswersSource,
} from "./source.ts";
export {
  askingTasks,
  jobOf,
  tasksOf,
  type AugmentationTask,
  type GivenMethod,
  type AskingTask,
} from "./tasks.ts";
export type { AugmentationExamples } from "./examples.ts";
export {
  droppedIn,
  inspectAugmentation,
  ofStages,
  type AugmentationInspection,
  type InspectOptions,
} from "./inspect.ts";
