import { numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import { relu } from "./activations.ts";
import { arrayOf, type Arrays } from "./arrays.ts";
import { batchNorm, type NormInputs } from "./batch-norm.ts";
import { dropout, type DropoutInputs, type DropoutSpec } from "./dropout.ts";
import { linear } from "./linear.ts";

export interface MlpOptions {
  readonly inputs: number;
  /** Widths of the layers, the last being the width of the output. */
  readonly hidden: readonly number[];
  /** Normalise between each linear layer and its activation. */
  readonly batchNorm?: boolean;
  /** Share of each layer's outputs that training drops. Default: 0. */
  readonly dropout?: number;
}

export interface Mlp {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  readonly masks: readonly DropoutSpec[];
  readonly outputs: number;
  /** [batch, inputs] to [batch, outputs], and the running statistics that follow. */
  readonly forward: (
    inputs: NormInputs & DropoutInputs,
    x: np.Array,
  ) => { x: np.Array; state: Arrays };
}

/**
 * A tower x <- dropout(relu(norm(x W + b))), layer by layer. Names: `<name>/<i>/weight`,
 * `<name>/<i>/bias`, `<name>/<i>/norm/...`, and the mask `<name>/<i>/dropout`. A layer that is normalised has no bias, for the shift takes its place.
 */
export function mlp(name: string, options: MlpOptions): Mlp {
  const { inputs, hidden, batchNorm: normalised = false, dropout: rate = 0 } = options;
  const layers = hidden.map((outputs, i) => ({
    affine: linear(`${name}/${i}`, {
      inputs: hidden[i - 1] ?? inputs,
      outputs,
      bias: !normalised,
    }),
    norm: normalised ? batchNorm(`${name}/${i}/norm`, outputs) : undefined,
    drop: dropout(`${name}/${i}/dropout`, { size: outputs, rate }),
  }));
  return {
    parameters: layers.flatMap(({ affine, norm }) => [
      ...affine.parameters,
      ...(norm?.parameters ?? []),
    ]),
    state: layers.flatMap(({ norm }) => norm?.state ?? []),
    masks: layers.flatMap(({ drop }) => drop.masks),
    outputs: hidden.at(-1) ?? inputs,
    forward: (values, x) => {
      let state: Arrays = {};
      for (const { affine, norm, drop } of layers) {
        if (norm === undefined) x = affine.forward(values.parameters, x);
        else if (values.mode === "predict") {
          // Scoring, the norm is a fixed affine map: it goes into the layer's weight and bias.
          const { factor, offset } = norm.affine(values);
          const weight = arrayOf(values.parameters, affine.parameters[0]!.name);
          x = np.matmul(x, weight.mul(factor)).add(offset);
          for (const { name } of norm.state)
            state = { ...state, [name]: arrayOf(values.state, name) };
        } else {
          const normed = norm.forward(values, affine.forward(values.parameters, x));
          x = normed.x;
          state = { ...state, ...normed.state };
        }
        x = drop.forward(values, relu(x));
      }
      return { x, state };
    },
  };
}
