import type { numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import { relu } from "./activations.ts";
import type { Arrays } from "./arrays.ts";
import { batchNorm, type NormInputs } from "./batch-norm.ts";
import { linear } from "./linear.ts";

export interface MlpOptions {
  readonly inputs: number;
  /** Widths of the layers, the last being the width of the output. */
  readonly hidden: readonly number[];
  /** Normalise between each linear layer and its activation. */
  readonly batchNorm?: boolean;
}

export interface Mlp {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  readonly outputs: number;
  /** [batch, inputs] to [batch, outputs], and the running statistics that follow. */
  readonly forward: (inputs: NormInputs, x: np.Array) => { x: np.Array; state: Arrays };
}

/**
 * A tower x <- relu(norm(x W + b)), layer by layer. Names: `<name>/<i>/weight`, `<name>/<i>/bias`,
 * `<name>/<i>/norm/...`. A layer that is normalised has no bias, for the shift takes its place.
 */
export function mlp(name: string, options: MlpOptions): Mlp {
  const { inputs, hidden, batchNorm: normalised = false } = options;
  const layers = hidden.map((outputs, i) => ({
    affine: linear(`${name}/${i}`, {
      inputs: hidden[i - 1] ?? inputs,
      outputs,
      bias: !normalised,
    }),
    norm: normalised ? batchNorm(`${name}/${i}/norm`, outputs) : undefined,
  }));
  return {
    parameters: layers.flatMap(({ affine, norm }) => [
      ...affine.parameters,
      ...(norm?.parameters ?? []),
    ]),
    state: layers.flatMap(({ norm }) => norm?.state ?? []),
    outputs: hidden.at(-1) ?? inputs,
    forward: (values, x) => {
      let state: Arrays = {};
      for (const { affine, norm } of layers) {
        x = affine.forward(values.parameters, x);
        if (norm !== undefined) {
          const normed = norm.forward(values, x);
          x = normed.x;
          state = { ...state, ...normed.state };
        }
        x = relu(x);
      }
      return { x, state };
    },
  };
}
