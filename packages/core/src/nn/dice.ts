import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import { zeros, type ParameterSpec } from "../tensor/index.ts";
import { arrayOf, type Arrays } from "./arrays.ts";
import { batchNorm, type NormInputs } from "./batch-norm.ts";

export interface Dice {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  /** [rows, size] to the same shape, and the running statistics that follow; `weight` is [rows]. */
  readonly forward: (inputs: NormInputs, x: np.Array) => { x: np.Array; state: Arrays };
}

/**
 * Data adaptive activation: a PReLU whose bend lies where the data are, and is soft.
 *
 *   y = p x + (1 - p) alpha x,   p = sigmoid((x - m) / sqrt(v + eps)),   eps = 1e-8
 *
 * Zhou et al. 2018, equation 5. Mean m and variance v are those of `batchNorm`, without scale and shift;
 * alpha, one for each entry, starts at 0 as in the authors' code. The eps is the paper's: with 1e-5 fresh
 * embeddings of spread 0.01 would all see p = 1/2. Names: `<name>/alpha`, `<name>/mean`, `<name>/variance`.
 */
export function dice(name: string, size: number): Dice {
  const norm = batchNorm(name, size, { affine: false, epsilon: 1e-8 });
  const alpha: ParameterSpec = {
    name: `${name}/alpha`,
    shape: [size],
    role: "weight",
    init: zeros,
  };
  return {
    parameters: [alpha],
    state: norm.state,
    forward: (inputs, x) => {
      const { x: normalised, state } = norm.forward(inputs, x);
      // Rows that do not count may lie anywhere; the slope of jax-js's sigmoid is no number beyond 88.
      const p = jaxNn.sigmoid(np.clip(normalised, -30, 30));
      const bent = x.mul(arrayOf(inputs.parameters, alpha.name));
      return { x: x.sub(bent).mul(p).add(bent), state };
    },
  };
}
