import type { numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import { relu } from "./activations.ts";
import type { Arrays } from "./arrays.ts";
import { attention, type AttentionOptions } from "./attention.ts";
import { layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";

export interface TransformerBlockOptions extends AttentionOptions {
  /** Width between the two layers of the feed-forward part. Default: `width`, as in SASRec. */
  readonly inner?: number;
}

export interface TransformerBlock {
  readonly parameters: readonly ParameterSpec[];
  /** [batch, length, width] to the same shape; `present` as in `attention`. */
  readonly forward: (parameters: Arrays, x: np.Array, present?: np.Array) => np.Array;
}

/**
 * A transformer block that normalises first.
 *
 *   x <- x + attention(norm_0(x)),   x <- x + W_down relu(W_up norm_1(x))
 *
 * The form of SASRec (Kang and McAuley 2018), but that the norm is on queries, keys and values alike;
 * there it is on queries alone.
 */
export function transformerBlock(name: string, options: TransformerBlockOptions): TransformerBlock {
  const { width, inner = width } = options;
  const mix = attention(`${name}/attention`, options);
  const norms = [layerNorm(`${name}/norm0`, width), layerNorm(`${name}/norm1`, width)] as const;
  const up = linear(`${name}/up`, { inputs: width, outputs: inner });
  const down = linear(`${name}/down`, { inputs: inner, outputs: width });
  return {
    parameters: [norms[0], mix, norms[1], up, down].flatMap((layer) => layer.parameters),
    forward: (parameters, x, present) => {
      const mixed = x.add(mix.forward(parameters, x, { present, norm: norms[0] }));
      const [hidden] = norms[1].into(parameters, mixed, [up]) as [np.Array];
      return mixed.add(down.forward(parameters, relu(hidden)));
    },
  };
}
