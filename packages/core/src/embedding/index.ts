export { gather } from "./gather.ts";
export {
  makeTableOptimiser,
  tableOptimisers,
  type TableOptimiserKind,
} from "./optimisers/registry.ts";
export type { TableOptimiser } from "./optimisers/table-optimiser.ts";
export {
  createRowGradients,
  sumByRow,
  type BatchRows,
  type RowGradients,
} from "./row-gradients.ts";
export { createTable, featureView, type EmbeddingTable, type TableFeature } from "./table.ts";
export type { EmbeddingSpec } from "./spec.ts";
