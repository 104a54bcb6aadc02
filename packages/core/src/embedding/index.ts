export { gather } from "./gather.ts";
export {
  createLookup,
  distinguish,
  lookUp,
  lookUpValues,
  type Bags,
  type Lookup,
} from "./lookup.ts";
export {
  makeTableOptimiser,
  tableOptimisers,
  type TableOptimiserKind,
} from "./optimisers/registry.ts";
export type { TableOptimiser } from "./optimisers/table-optimiser.ts";
export { sumByRow, type RowGradients } from "./row-gradients.ts";
export {
  createTable,
  featureOf,
  featureView,
  type EmbeddingTable,
  type TableFeature,
} from "./table.ts";
export type { EmbeddingSpec } from "./spec.ts";
