import type { OptimiserSettings, TableOptimiserConfig } from "../../optim/index.ts";
import { adagradRows } from "./adagrad.ts";
import { denseAdam } from "./dense-adam.ts";
import { lazyAdam } from "./lazy-adam.ts";
import { rowwiseAdagrad } from "./rowwise-adagrad.ts";
import { sgdRows } from "./sgd.ts";
import type { TableOptimiser } from "./table-optimiser.ts";

/** Every optimiser of embedding tables that a config may name. */
export const tableOptimisers = {
  sgd: sgdRows,
  adagrad: adagradRows,
  "lazy-adam": lazyAdam,
  "rowwise-adagrad": rowwiseAdagrad,
  adam: denseAdam,
} as const satisfies Record<
  TableOptimiserConfig["kind"],
  (settings: OptimiserSettings) => TableOptimiser
>;

export type TableOptimiserKind = keyof typeof tableOptimisers;

/** The table optimiser a config names, with its settings bound. */
export function makeTableOptimiser(config: TableOptimiserConfig): TableOptimiser {
  return tableOptimisers[config.kind](config);
}
