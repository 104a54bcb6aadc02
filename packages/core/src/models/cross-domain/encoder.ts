import { numpy as np } from "@jax-js/jax";
import {
  arrayOf,
  dropout,
  layerNorm,
  transformerBlock,
  type DropoutInputs,
  type DropoutSpec,
  type Arrays,
} from "../../nn/index.ts";
import { normalInit, type ParameterSpec } from "../../tensor/index.ts";

export interface EncoderOptions {
  readonly length: number;
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly dropout: number;
}

export interface EncoderInputs extends DropoutInputs {
  readonly parameters: Arrays;
  /** [C, V, length, width]: V sequences of each user, which share the user's masks. */
  readonly items: np.Array;
  /** [C, V, length]: 1 where there is an item, 0 where there is padding, at the start. */
  readonly present: np.Array;
  /** Whether gradients of single users are wanted, as in `transformerBlock`. */
  readonly byUnit?: boolean;
}

export interface Encoder {
  readonly parameters: readonly ParameterSpec[];
  /** Masks are [C, length * width]. */
  readonly masks: readonly DropoutSpec[];
  /** States [C, V, length, width]; those of padding are of no meaning, but finite. */
  readonly states: (inputs: EncoderInputs) => np.Array;
}

const POSITION_STD = 0.02;

/**
 * A causal transformer over sequences, the encoder of SASRec (Kang and McAuley 2018).
 *
 *   x_t = drop(sqrt(width) v_t + p_t),   s = norm(block(... block(x)))
 *
 * Blocks are those of `transformerBlock`, which normalise first. Positions p count from the end: parameters of
 * a longer encoder are read as well, of which the last positions count.
 */
export function encoder(name: string, options: EncoderOptions): Encoder {
  const { length, width, heads, dropout: rate } = options;
  const size = length * width;
  const positions: ParameterSpec = {
    name: `${name}/positions`,
    shape: [length, width],
    role: "weight",
    init: normalInit(POSITION_STD),
  };
  const drop = dropout(`${name}/drop`, { size, rate });
  const blocks = Array.from({ length: options.blocks }, (_, i) =>
    transformerBlock(`${name}/block${i}`, {
      width,
      heads,
      causal: true,
      dropout: { rate, length },
    }),
  );
  const norm = layerNorm(`${name}/norm`, width);
  const masks = [...drop.masks, ...blocks.flatMap((block) => block.masks)];
  return {
    parameters: [positions, ...blocks.flatMap((block) => block.parameters), ...norm.parameters],
    masks,
    states: ({ parameters, items, present, dropout: given, mode, byUnit = false }) => {
      const [users, variants] = items.shape as [number, number];
      const sequences = users * variants;
      const repeated = (mask: np.Array) =>
        np
          .broadcastTo(mask.reshape([users, 1, size]), [users, variants, size])
          .reshape([sequences, size]);
      const inputs = {
        mode,
        byUnit,
        dropout:
          mode === "train"
            ? Object.fromEntries(
                masks.map((spec) => [spec.name, repeated(arrayOf(given, spec.name))]),
              )
            : {},
        present: present.reshape([sequences, length]),
      };
      const all = arrayOf(parameters, positions.name);
      const placed = items
        .mul(Math.sqrt(width))
        .add(all.slice([all.shape[0]! - length, all.shape[0]!]));
      let x = drop
        .forward(inputs, placed.reshape([sequences, size]))
        .reshape([sequences, length, width]);
      for (const block of blocks) x = block.forward(parameters, x, inputs);
      return norm.forward(parameters, x).reshape([users, variants, length, width]);
    },
  };
}
