import { streamOf, type RandomStream } from "../random/index.ts";
import { initialise, type ParameterLayout } from "../tensor/index.ts";

/** Everything a model has learned, by name: `parameters`, `state`, and `table:<embedding>`. */
export type Numbers = Readonly<Record<string, Float32Array>>;

/**
 * The dense numbers that every party and the server start from: a function of the seed alone, so that
 * federated and local training differ in nothing but what they exchange.
 */
export function initialNumbers(
  layout: ParameterLayout,
  stateLayout: ParameterLayout,
  seed: number,
): { readonly parameters: Float32Array; readonly state: Float32Array } {
  return {
    parameters: initialise(layout, streamOf(seed, "initial", "parameters")),
    state: initialise(stateLayout, streamOf(seed, "initial", "state")),
  };
}

/** The stream that a party's table, or the server's rows of one shared feature, is drawn from. */
export function tableStream(seed: number, owner: string, ...path: readonly string[]): RandomStream {
  return streamOf(seed, "initial", "table", owner, ...path);
}
