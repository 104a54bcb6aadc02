import type { Arena } from "../kernels/index.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import type { OptimiserConfig } from "./config.ts";
import type { Optimiser, OptimiserSettings } from "./optimiser.ts";
import { sgd } from "./sgd.ts";

/** Every optimiser of dense parameters that a config may name. */
export const optimisers = { sgd, adam, adamw, adagrad } as const satisfies Record<
  OptimiserConfig["kind"],
  (settings: OptimiserSettings, arena: Arena) => Optimiser
>;

export type OptimiserKind = keyof typeof optimisers;

/** The optimiser a config names, with its settings bound, for vectors of one arena. */
export function makeOptimiser(config: OptimiserConfig, arena: Arena): Optimiser {
  return optimisers[config.kind](config, arena);
}
