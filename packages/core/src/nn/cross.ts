import type { numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import type { Arrays } from "./arrays.ts";
import { linear } from "./linear.ts";

export interface CrossNetwork {
  readonly parameters: readonly ParameterSpec[];
  /** [batch, size] to the same shape. */
  readonly forward: (parameters: Arrays, x: np.Array) => np.Array;
}

/**
 * The cross network of DCNv2: every layer multiplies once more by the input.
 *
 *   x_{l+1} = x_0 * (x_l W_l + b_l) + x_l,   * elementwise
 *
 * Wang et al. 2021, equation 1. Names: `<name>/<l>/weight` [size, size], `<name>/<l>/bias`.
 */
export function crossNetwork(
  name: string,
  { size, layers }: { readonly size: number; readonly layers: number },
): CrossNetwork {
  const maps = Array.from({ length: layers }, (_, l) =>
    linear(`${name}/${l}`, { inputs: size, outputs: size }),
  );
  return {
    parameters: maps.flatMap((map) => map.parameters),
    forward: (parameters, first) => {
      let x = first;
      for (const map of maps) x = first.mul(map.forward(parameters, x)).add(x);
      return x;
    },
  };
}
