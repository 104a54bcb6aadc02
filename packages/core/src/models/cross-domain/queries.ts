import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import { zeros, type ParameterSpec } from "../../tensor/index.ts";

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
