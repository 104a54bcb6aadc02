import { numpy as np } from "@jax-js/jax";
import { ones, zeros, type ParameterSpec } from "../tensor/index.ts";
import { arrayOf, type Arrays } from "./arrays.ts";

export interface LayerNorm {
  readonly parameters: readonly ParameterSpec[];
  /** [..., size] to the same shape. */
  readonly forward: (parameters: Arrays, x: np.Array) => np.Array;
}

const EPSILON = 1e-5;

/**
 * Layer normalisation over the last axis: every vector by its own mean and biased variance.
 *
 *   y = scale (x - mean) / sqrt(variance + eps) + shift,   eps = 1e-5
 *
 * Ba, Kiros and Hinton 2016; `torch.nn.LayerNorm`. It has no running statistics; scale and shift are
 * normalisation parameters all the same, which FedBN keeps local.
 */
export function layerNorm(name: string, size: number): LayerNorm {
  const spec = (part: string, init: ParameterSpec["init"]): ParameterSpec => ({
    name: `${name}/${part}`,
    shape: [size],
    role: "normalisation",
    init,
  });
  const scale = spec("scale", ones);
  const shift = spec("shift", zeros);
  return {
    parameters: [scale, shift],
    forward: (parameters, x) => {
      const centred = x.sub(np.mean(x, -1, { keepdims: true }));
      const variance = np.mean(np.square(centred), -1, { keepdims: true });
      return centred
        .mul(np.reciprocal(np.sqrt(variance.add(EPSILON))))
        .mul(arrayOf(parameters, scale.name))
        .add(arrayOf(parameters, shift.name));
    },
  };
}
