import type { FeatureSchema } from "../data/schema.ts";
import { createTable, type EmbeddingTable } from "../embedding/index.ts";
import { createArena, type Arena } from "../kernels/index.ts";
import type { Model } from "../models/index.ts";
import { parameterLayout, type ParameterLayout } from "../tensor/index.ts";
import { initialNumbers, tableStream } from "./numbers.ts";

/** What a model has learned, in an arena: dense parameters, running statistics, embedding tables. */
export interface Learned {
  readonly arena: Arena;
  readonly layout: ParameterLayout;
  readonly stateLayout: ParameterLayout;
  /** [layout.size] */
  readonly parameters: Float32Array;
  /** [stateLayout.size] */
  readonly state: Float32Array;
  /** In the order of `model.embeddings`. */
  readonly tables: readonly EmbeddingTable[];
}

/** The numbers that a party starts from, in an arena of its own. */
export function createLearned(
  model: Model,
  schema: FeatureSchema,
  { seed, party }: { readonly seed: number; readonly party: string },
): Learned {
  const arena = createArena();
  const layout = parameterLayout(model.parameters);
  const stateLayout = parameterLayout(model.state);
  const initial = initialNumbers(layout, stateLayout, seed);
  const parameters = arena.float32(layout.size);
  const state = arena.float32(stateLayout.size);
  parameters.set(initial.parameters);
  state.set(initial.state);
  const tables = model.embeddings.map((spec) =>
    createTable(spec, schema, tableStream(seed, party, spec.name), arena),
  );
  return { arena, layout, stateLayout, parameters, state, tables };
}
