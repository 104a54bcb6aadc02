import { numpy as np } from "@jax-js/jax";
import { linearDefault, zeros, type Initialiser, type ParameterSpec } from "../tensor/index.ts";
import { arrayOf, type Arrays } from "./arrays.ts";

export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias?: boolean;
  /** Draws the weight; the bias then starts at 0. Default: both as PyTorch's `Linear`. */
  readonly init?: Initialiser;
}

export interface Linear {
  readonly parameters: readonly ParameterSpec[];
  /** [..., inputs] to [..., outputs]. */
  readonly forward: (parameters: Arrays, x: np.Array) => np.Array;
}

/** y = x W + b with `<name>/weight` W [inputs, outputs] and `<name>/bias` b [outputs]. */
export function linear(name: string, options: LinearOptions): Linear {
  const { inputs, outputs, bias = true, init = linearDefault(inputs) } = options;
  const weightName = `${name}/weight`;
  const biasName = `${name}/bias`;
  const parameters: ParameterSpec[] = [
    { name: weightName, shape: [inputs, outputs], role: "weight", init },
  ];
  if (bias)
    parameters.push({
      name: biasName,
      shape: [outputs],
      role: "weight",
      init: options.init === undefined ? init : zeros,
    });
  return {
    parameters,
    forward: (values, x) => {
      const product = np.matmul(x, arrayOf(values, weightName));
      return bias ? product.add(arrayOf(values, biasName)) : product;
    },
  };
}
