export { askMissing, type AskOptions } from "./ask.ts";
export { connectionsOf, type Connection } from "./connections.ts";
export type { Asked, AugmentationEvent, Leaving } from "./events.ts";
export { planAugmentation, type AugmentationPlan } from "./plan.ts";
export { checkRemote } from "./remote.ts";
export { readingServices, type OpenServices } from "./services.ts";
export {
  augmentationSource,
  storePathOf,
  type AugmentationPlace,
  type AugmentationSource,
} from "./source.ts";
export { askingTasks, jobOf, tasksOf, type AugmentationTask, type GivenMethod } from "./tasks.ts";
export type { AugmentationExamples } from "./examples.ts";
export {
  droppedIn,
  inspectAugmentation,
  ofStages,
  type AugmentationInspection,
} from "./inspect.ts";
