export { openCoordinator, type Coordinator, type CoordinatorOptions } from "./coordinator.ts";
export type { Issued } from "./handlers.ts";
export { roundRulesSchema, verdictOf, type RoundRules } from "./rounds.ts";
export type { PlannedRun, Submission } from "./submit.ts";
export type { CoordinatorEvent } from "./types.ts";
