import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "./arrays.ts";
import type { BatchNorm, NormInputs } from "./batch-norm.ts";

/**
 * norm(x W), and the running statistics that follow: x [batch, inputs], W [inputs, outputs]. Scoring, the
 * norm is a fixed affine map: it goes into the weight, and a bias after it.
 */
export function normalisedProduct(
  norm: BatchNorm,
  values: NormInputs,
  { x, weight }: { readonly x: np.Array; readonly weight: np.Array },
): { x: np.Array; state: Arrays } {
  if (values.mode === "train") return norm.forward(values, np.matmul(x, weight));
  const { factor, offset } = norm.affine(values);
  return {
    x: np.matmul(x, weight.mul(factor)).add(offset),
    state: Object.fromEntries(norm.state.map(({ name }) => [name, arrayOf(values.state, name)])),
  };
}
