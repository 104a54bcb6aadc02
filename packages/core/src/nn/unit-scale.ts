import type { numpy as np } from "@jax-js/jax";
import { ones, zeros, type ModelPart, type ParameterSpec } from "../tensor/index.ts";
import { arrayOf, type Arrays } from "./arrays.ts";
import type { TemplateOperator } from "./template.ts";

export interface UnitScale {
  readonly parameters: readonly ParameterSpec[];
  /** [batch, size] to the same shape. */
  readonly forward: (parameters: Arrays, x: np.Array) => np.Array;
}

/**
 * A factor and a shift for every unit: the factor of rank 1 of a weight matrix before it, applied to what
 * the matrix made.
 *
 *   product:  y = x * scale + shift,   sum:  y = x * (1 + scale) + shift
 *
 * scale starts at 1 in a product and at 0 in a sum, shift at 0: y = x. Names: `<name>/scale` and
 * `<name>/shift`, both [size]. The role is that of weights, for no statistics are involved.
 */
export function unitScale(
  name: string,
  options: {
    readonly size: number;
    readonly operator: TemplateOperator;
    readonly part: ModelPart;
  },
): UnitScale {
  const { size, operator, part } = options;
  const product = operator === "product";
  const spec = (what: string, init: ParameterSpec["init"]): ParameterSpec => ({
    name: `${name}/${what}`,
    shape: [size],
    role: "weight",
    part,
    init,
  });
  const scale = spec("scale", product ? ones : zeros);
  const shift = spec("shift", zeros);
  return {
    parameters: [scale, shift],
    forward: (parameters, x) => {
      const scaled = x.mul(arrayOf(parameters, scale.name));
      return (product ? scaled : scaled.add(x)).add(arrayOf(parameters, shift.name));
    },
  };
}
