import { z } from "zod";
import {
  arrayOf,
  dropout,
  gelu,
  layerNorm,
  linear,
  relu,
  transformerBlock,
} from "../../nn/index.ts";
import { normalInit, type ParameterSpec } from "../../tensor/index.ts";
import type { ModelDefinition } from "../types.ts";
import { sequenceModel, type SequenceEncoder } from "./sequence-model.ts";
import { headsDivideWidth, sequenceFields, transformerFields } from "./settings.ts";

const config = z
  .strictObject({
    kind: z.literal("bert4rec"),
    ...sequenceFields,
    ...transformerFields,
    itemBias: sequenceFields.itemBias
      .default(true)
      .describe("a learned number per item, added to its log-odds, as the paper has it"),
    inner: z
      .number()
      .int()
      .positive()
      .optional()
      .describe("width between the two layers of a block's feed-forward part; default: 4 x width"),
    activation: z
      .enum(["gelu", "relu"])
      .default("gelu")
      .describe("of the feed-forward parts and of the last layer"),
    hiddenShare: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.2)
      .describe("share of a sequence's positions that training on whole sequences hides"),
  })
  .refine(headsDivideWidth.check, headsDivideWidth.message);

export type Bert4RecConfig = z.infer<typeof config>;

const ACTIVATIONS = { gelu, relu };

/**
 * BERT4Rec: self-attention to both sides, learned by guessing hidden items.
 *
 *   x_t = drop(v_t + p_t), a learned vector m in place of v_t where the item is hidden
 *   s = act(W norm(block(... block(x))) + b),   logit = <s, v_item> + b_item
 *
 * Sun et al. 2019, equation 7 and section 3.6. It differs from the paper in that blocks normalise first
 * and one norm follows the last, where the paper normalises after each part.
 */
export const bert4rec = {
  config,
  summary: "bidirectional self-attention that guesses hidden items (Sun et al. 2019)",
  build: (settings, schema) => {
    const { width, layers, heads, dropout: rate, embeddingStd, hiddenShare } = settings;
    const { inner = 4 * width } = settings;
    const activation = ACTIVATIONS[settings.activation];
    const learned = (name: string, shape: readonly number[]): ParameterSpec => ({
      name,
      shape,
      role: "weight",
      init: normalInit(embeddingStd),
    });
    const encoder = (length: number): SequenceEncoder => {
      const positions = learned("positions", [length, width]);
      const mask = learned("mask", [width]);
      const size = length * width;
      const drop = dropout("drop", { size, rate });
      const blocks = Array.from({ length: layers }, (_, i) =>
        transformerBlock(`block${i}`, {
          width,
          heads,
          causal: false,
          inner,
          activation,
          dropout: { rate, length },
        }),
      );
      const norm = layerNorm("norm", width);
      const last = linear("last", { inputs: width, outputs: width });
      return {
        parameters: [
          positions,
          mask,
          ...blocks.flatMap((block) => block.parameters),
          ...norm.parameters,
          ...last.parameters,
        ],
        masks: [...drop.masks, ...blocks.flatMap((block) => block.masks)],
        states: (inputs) => {
          const { parameters, items } = inputs;
          const masked = inputs.masked.reshape([-1, length, 1]);
          const shown = items
            .sub(items.mul(masked))
            .add(masked.mul(arrayOf(parameters, mask.name)));
          const placed = shown.add(arrayOf(parameters, positions.name));
          let x = drop.forward(inputs, placed.reshape([-1, size])).reshape([-1, length, width]);
          for (const block of blocks) x = block.forward(parameters, x, inputs);
          return activation(norm.into(parameters, x, [last])[0]!);
        },
      };
    };
    return sequenceModel(settings, schema, { target: "cloze", hidden: hiddenShare, encoder });
  },
} as const satisfies ModelDefinition<Bert4RecConfig>;
