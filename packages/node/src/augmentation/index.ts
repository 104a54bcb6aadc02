export { askMissing, type Asked, type AskOptions } from "./ask.ts";
export { connectionsOf, methodsOf, type Connection } from "./connections.ts";
export type { AugmentationEvent, Leaving } from "./events.ts";
export { planAugmentation, type AugmentationPlan } from "./plan.ts";
export { apiKeyOf, checkRemote, remoteHost } from "./remote.ts";
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
