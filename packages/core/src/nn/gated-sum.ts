import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import type { Arrays } from "./arrays.ts";
import { linear } from "./linear.ts";
import { ofPart } from "./part.ts";

export interface GatedSum {
  readonly parameters: readonly ParameterSpec[];
  /** The selector x [batch, inputs] to each part's share, [batch, parts]. */
  readonly shares: (parameters: Arrays, x: np.Array) => np.Array;
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
  {
    inputs,
    parts: count,
    task,
  }: {
    readonly inputs: number;
    readonly parts: number;
    /** Whose gate of the model it is. Default: no single task's. */
    readonly task?: number;
  },
): GatedSum {
  const plain = linear(name, { inputs, outputs: count });
  const gate = task === undefined ? plain : ofPart(plain, { kind: "gate", task });
  const sharesOf: GatedSum["shares"] = (parameters, x) =>
    jaxNn.softmax(gate.forward(parameters, x), -1);
  return {
    parameters: gate.parameters,
    shares: sharesOf,
    forward: (parameters, x, parts) => {
      const shares = np.split(sharesOf(parameters, x), count, -1);
      return parts.map((part, e) => part.mul(shares[e]!)).reduce((sum, part) => sum.add(part));
    },
  };
}
