import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import type { Arrays } from "./arrays.ts";
import { linear } from "./linear.ts";

export interface GatedSum {
  readonly parameters: readonly ParameterSpec[];
  /** The selector x [batch, inputs] and as many parts [batch, width] as declared, to [batch, width]. */
  readonly forward: (parameters: Arrays, x: np.Array, parts: readonly np.Array[]) => np.Array;
}

/**
 * A mixture whose shares a selector decides.
 *
 *   y = sum_e softmax(x G + g)_e part_e
 *
 * The gate of MMoE (Ma et al. 2018, equations 5 to 7, without g there) and PLE. `<name>` is a `linear`.
 */
export function gatedSum(
  name: string,
  { inputs, parts: count }: { readonly inputs: number; readonly parts: number },
): GatedSum {
  const gate = linear(name, { inputs, outputs: count });
  return {
    parameters: gate.parameters,
    forward: (parameters, x, parts) => {
      const shares = np.split(jaxNn.softmax(gate.forward(parameters, x), -1), count, -1);
      return parts.map((part, e) => part.mul(shares[e]!)).reduce((sum, part) => sum.add(part));
    },
  };
}
