import type { numpy as np } from "@jax-js/jax";
import type { RandomStream } from "../random/index.ts";

/**
 * What a dense parameter is for. Federated rules select by role, never by name: `normalisation`
 * (scale, shift and running statistics of normalisation layers) stays local under FedBN.
 */
export type ParameterRole = "weight" | "normalisation";

/** Fills `target` (the view of one parameter, shape `shape`, row-major) in place. */
export type Initialiser = (
  target: Float32Array,
  shape: readonly number[],
  random: RandomStream,
) => void;

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  readonly init: Initialiser;
}

/** One named view on the flat vector: entries [offset, offset + length). */
export interface ParameterView extends ParameterSpec {
  readonly offset: number;
  readonly length: number;
}

/** All dense parameters of a model as one flat Float32Array with named views, in order. */
export interface ParameterLayout {
  readonly size: number;
  readonly views: readonly ParameterView[];
}

// To be joined by: parameterLayout(specs), initialise(layout, stream), unflatten(layout, flat: np.Array)
export type NamedArrays = Record<string, np.Array>;
