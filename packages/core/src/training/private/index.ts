export { batchUnitsOf, noProtection, passCost } from "./pass-cost.ts";
export { createPrivateLearner } from "./private-learner.ts";
export { unitsOf } from "./units.ts";
