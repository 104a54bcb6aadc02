import type { numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import { relu } from "./activations.ts";
import type { Arrays } from "./arrays.ts";
import { attention, type AttentionOptions } from "./attention.ts";
import { dropout, type DropoutInputs, type DropoutSpec } from "./dropout.ts";
import { layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";

export interface TransformerBlockOptions extends AttentionOptions {
  /** Width between the two layers of the feed-forward part. Default: `width`, as in SASRec. */
  readonly inner?: number;
  /** Between these two layers. Default: ReLU. */
  readonly activation?: (x: np.Array) => np.Array;
  /** The share of both parts' outputs that training drops, for sequences of one length. Default: none. */
  readonly dropout?: { readonly rate: number; readonly length: number };
}

export interface TransformerBlock {
  readonly parameters: readonly ParameterSpec[];
  readonly masks: readonly DropoutSpec[];
  /** [batch, length, width] to the same shape. */
  readonly forward: (parameters: Arrays, x: np.Array, inputs?: TransformerBlockInputs) => np.Array;
}

/** Masks and mode matter where there is dropout. Default: training, so that forgotten masks are missed. */
export interface TransformerBlockInputs extends Partial<DropoutInputs> {
  /** As in `attention`. */
  readonly present?: np.Array;
  /**
   * Whether normalised vectors are scaled and shifted themselves, rather than the weights that follow:
   * gradients of single sequences are then products of few terms, see `clippedProgram`.
   */
  readonly byUnit?: boolean;
}

/**
 * A transformer block that normalises first.
 *
 *   x <- x + drop(attention(norm_0(x))),   x <- x + drop(W_down act(W_up norm_1(x)))
 *
 * The form of SASRec (Kang and McAuley 2018), but that the norm is on queries, keys and values alike;
 * there it is on queries alone. Dropout is where Vaswani et al. 2017, section 5.4, have it; the masks are
 * `<name>/drop0` and `<name>/drop1`, each [batch, length * width].
 */
export function transformerBlock(name: string, options: TransformerBlockOptions): TransformerBlock {
  const { width, inner = width, activation = relu } = options;
  const { rate, length } = options.dropout ?? { rate: 0, length: 0 };
  const mix = attention(`${name}/attention`, options);
  const norms = [layerNorm(`${name}/norm0`, width), layerNorm(`${name}/norm1`, width)] as const;
  const up = linear(`${name}/up`, { inputs: width, outputs: inner });
  const down = linear(`${name}/down`, { inputs: inner, outputs: width });
  const size = length * width;
  const drops = [0, 1].map((i) => dropout(`${name}/drop${i}`, { size, rate }));
  return {
    parameters: [norms[0], mix, norms[1], up, down].flatMap((layer) => layer.parameters),
    masks: drops.flatMap((drop) => drop.masks),
    forward: (parameters, x, inputs = {}) => {
      const { present, byUnit, dropout: masks = {}, mode = "train" } = inputs;
      const dropped = (i: number, y: np.Array) => {
        if (rate === 0) return y;
        const flat = drops[i]!.forward({ dropout: masks, mode }, y.reshape([-1, size]));
        return flat.reshape([...x.shape]);
      };
      const attended =
        byUnit === true
          ? mix.forward(parameters, norms[0].forward(parameters, x), { present })
          : mix.forward(parameters, x, { present, norm: norms[0] });
      const mixed = x.add(dropped(0, attended));
      const [hidden] =
        byUnit === true
          ? [up.forward(parameters, norms[1].forward(parameters, mixed))]
          : (norms[1].into(parameters, mixed, [up]) as [np.Array]);
      return mixed.add(dropped(1, down.forward(parameters, activation(hidden))));
    },
  };
}
