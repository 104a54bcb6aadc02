export { batchUnitsOf, noProtection, passCost } from "./pass-cost.ts";
export { createPrivateLearner } from "./private-learner.ts";
export { unitsOf, type Units } from "./units.ts";
