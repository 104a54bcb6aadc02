import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import { linearDefault, ones, zeros, type ParameterSpec } from "../../tensor/index.ts";

export interface StarLayer {
  readonly parameters: readonly ParameterSpec[];
  /** [batch, inputs] to [batch, outputs]; `of` from `scenarioOf`, [batch, 1 + scenarios]. */
  readonly forward: (parameters: Arrays, x: np.Array, of: np.Array) => np.Array;
}

/**
 * A linear layer whose numbers a scenario bends.
 *
 *   y = x (W * W_d) + b + b_d   for rows of scenario d,   y = x W + b   for rows of none
 *
 * Sheng et al. 2021, equations 5 and 6. W_d starts at 1 and b_d at 0: training starts from the shared
 * layer. Names: `<name>/weight` W, `<name>/bias` b, `<name>/weights` [scenarios, inputs, outputs] and
 * `<name>/biases` [scenarios, outputs]. One product makes every scenario's output of every row, of which
 * the row's own is kept.
 */
export function starLayer(
  name: string,
  {
    inputs,
    outputs,
    scenarios,
  }: { readonly inputs: number; readonly outputs: number; readonly scenarios: number },
): StarLayer {
  const spec = (part: string, shape: readonly number[], init = linearDefault(inputs)) =>
    ({ name: `${name}/${part}`, shape, role: "weight", init }) as const;
  const weight = spec("weight", [inputs, outputs]);
  const bias = spec("bias", [outputs]);
  const weights = spec("weights", [scenarios, inputs, outputs], ones);
  const biases = spec("biases", [scenarios, outputs], zeros);
  return {
    parameters: [weight, bias, weights, biases],
    forward: (parameters, x, of) => {
      const shared = arrayOf(parameters, weight.name).reshape([1, inputs, outputs]);
      const all = np.concatenate([shared, shared.mul(arrayOf(parameters, weights.name))], 0);
      const flat = np.transpose(all, [1, 0, 2]).reshape([inputs, (1 + scenarios) * outputs]);
      const products = np.matmul(x, flat).reshape([-1, 1 + scenarios, outputs]);
      const own = np.sum(products.mul(of.reshape([-1, 1 + scenarios, 1])), 1);
      const shift = np.concatenate([np.zeros([1, outputs]), arrayOf(parameters, biases.name)], 0);
      return own.add(np.matmul(of, shift)).add(arrayOf(parameters, bias.name));
    },
  };
}
