import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import { linearDefault, zeros, type ParameterSpec } from "../../tensor/index.ts";
import type { ChunkSizes } from "./types.ts";

/** Makes the query of a domain from states of several kinds, each [C, T, width]. */
export interface QueryLayer {
  readonly parameters: readonly ParameterSpec[];
  readonly forward: (parameters: Arrays, states: readonly np.Array[]) => np.Array;
}

/**
 * q = sum_k h_k (I + W_k), W_k [width, width] being `<name>/<kind>`, which start at 0: the sum of the states,
 * and with a single kind the state itself.
 */
export function queryLayer(name: string, kinds: readonly string[], width: number): QueryLayer {
  const parameters = kinds.map((kind): ParameterSpec => ({
    name: `${name}/${kind}`,
    shape: [width, width],
    role: "weight",
    init: zeros,
  }));
  return {
    parameters,
    forward: (values, states) =>
      parameters
        .map((spec, k) => np.matmul(states[k]!, arrayOf(values, spec.name).add(np.eye(width))))
        .reduce((sum, part) => sum.add(part)),
  };
}

/** What a user's profile in a domain adds to its query, or a state of its own that it makes. */
export interface ProfileLayer {
  readonly parameters: readonly ParameterSpec[];
  /** [C, P] to [C, 1, width]: the same for every target. */
  readonly forward: (parameters: Arrays, profile: np.Array) => np.Array;
}

/**
 * p V, V [P, width] being `<name>/profile`, without a bias: nobody's profile is 0 and says nothing.
 *
 *   added   V starts at 0: training begins as without profiles
 *   state   V starts as layers do
 */
export function profileLayer(
  name: string,
  as: "added" | "state",
  { profileWidth, width }: Pick<ChunkSizes, "profileWidth" | "width">,
): ProfileLayer {
  const spec: ParameterSpec = {
    name: `${name}/profile`,
    shape: [profileWidth, width],
    role: "weight",
    init: as === "added" ? zeros : linearDefault(profileWidth),
  };
  return {
    parameters: [spec],
    forward: (parameters, profile) =>
      np.matmul(profile, arrayOf(parameters, spec.name)).reshape([-1, 1, width]),
  };
}
