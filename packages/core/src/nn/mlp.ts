import type { numpy as np } from "@jax-js/jax";
import type { ModelPart, ParameterSpec } from "../tensor/index.ts";
import { relu } from "./activations.ts";
import { arrayOf, type Arrays } from "./arrays.ts";
import { batchNorm, type NormInputs } from "./batch-norm.ts";
import { dropout, type DropoutInputs, type DropoutSpec } from "./dropout.ts";
import { linear } from "./linear.ts";
import { normalisedProduct } from "./normalised-product.ts";
import { ofPart } from "./part.ts";

export interface MlpOptions {
  readonly inputs: number;
  /** Widths of the layers, the last being the width of the output. */
  readonly hidden: readonly number[];
  /** Normalise between each linear layer and its activation. */
  readonly batchNorm?: boolean;
  /** Share of each layer's outputs that training drops. Default: 0. */
  readonly dropout?: number;
  /** Which part of the model a layer, counted from 0, is. Default: none. */
  readonly part?: (layer: number) => ModelPart;
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
 * `<name>/<i>/bias`, `<name>/<i>/norm/...`, and the mask `<name>/<i>/dropout`. A layer that is normalised
 * has no bias, for the shift takes its place.
 */
export function mlp(name: string, options: MlpOptions): Mlp {
  const { inputs, hidden, batchNorm: normalised = false, dropout: rate = 0, part } = options;
  const layers = hidden.map((outputs, i) => {
    const affine = linear(`${name}/${i}`, {
      inputs: hidden[i - 1] ?? inputs,
      outputs,
      bias: !normalised,
    });
    const norm = normalised ? batchNorm(`${name}/${i}/norm`, outputs) : undefined;
    return {
      affine: part === undefined ? affine : ofPart(affine, part(i)),
      norm: norm === undefined || part === undefined ? norm : ofPart(norm, part(i)),
      drop: dropout(`${name}/${i}/dropout`, { size: outputs, rate }),
    };
  });
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
        else {
          const weight = arrayOf(values.parameters, affine.parameters[0]!.name);
          const normed = normalisedProduct(norm, values, { x, weight });
          x = normed.x;
          state = { ...state, ...normed.state };
        }
        x = drop.forward(values, relu(x));
      }
      return { x, state };
    },
  };
}
