import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import type { OptimiserConfig } from "./config.ts";
import type { Optimiser, OptimiserSettings } from "./optimiser.ts";
import { sgd } from "./sgd.ts";

/** Every optimiser of dense parameters that a config may name. */
export const optimisers = { sgd, adam, adamw, adagrad } as const satisfies Record<
  OptimiserConfig["kind"],
  (settings: OptimiserSettings) => Optimiser
>;

export type OptimiserKind = keyof typeof optimisers;

/** The optimiser a config names, with its settings bound. */
export function makeOptimiser(config: OptimiserConfig): Optimiser {
  return optimisers[config.kind](config);
}
