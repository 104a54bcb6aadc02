export { openCoordinator, type Coordinator, type CoordinatorOptions } from "./coordinator.ts";
export type { Enrolling, Issued } from "./handlers.ts";
export {
  roundRulesSchema,
  verdictOf,
  type RoundRules,
  type RoundStanding,
  type RoundVerdict,
} from "./rounds.ts";
export { cellDirectory } from "./server-place.ts";
export type { PlannedRun, Submission } from "./submit.ts";
export type { CoordinatorEvent } from "./types.ts";
