export { adagrad, ADAGRAD_EPSILON } from "./adagrad.ts";
export { ADAM, adam, adamCorrections, adamw } from "./adam.ts";
export {
  optimiserConfig,
  tableOptimiserConfig,
  type OptimiserConfig,
  type TableOptimiserConfig,
} from "./config.ts";
export {
  checkLengths,
  momentOf,
  type Optimiser,
  type OptimiserSettings,
  type OptimiserState,
} from "./optimiser.ts";
export { makeOptimiser, optimisers, type OptimiserKind } from "./registry.ts";
export { sgd } from "./sgd.ts";
