import { z } from "zod";
import { arrayOf, dropout, layerNorm, transformerBlock } from "../../nn/index.ts";
import { normalInit, type ParameterSpec } from "../../tensor/index.ts";
import type { ModelDefinition } from "../types.ts";
import { sequenceModel, type SequenceEncoder } from "./sequence-model.ts";
import { headsDivideWidth, sequenceFields, transformerFields } from "./settings.ts";

const config = z
  .strictObject({
    kind: z.literal("sasrec"),
    ...sequenceFields,
    ...transformerFields,
  })
  .refine(headsDivideWidth.check, headsDivideWidth.message);

export type SasRecConfig = z.infer<typeof config>;

/**
 * SASRec: causal self-attention over the past items.
 *
 *   x_t = drop(sqrt(width) v_t + p_t),   s = norm(block(... block(x)))
 *
 * Kang and McAuley 2018; its blocks are those of `transformerBlock`, which differ in where they normalise.
 * Positions p count from the end of the history: the last item has the last row.
 */
export const sasrec = {
  config,
  summary: "causal self-attention over the past items (Kang and McAuley 2018)",
  build: (settings, schema) => {
    const { width, layers, heads, dropout: rate, embeddingStd } = settings;
    const encoder = (length: number): SequenceEncoder => {
      const positions: ParameterSpec = {
        name: "positions",
        shape: [length, width],
        role: "weight",
        init: normalInit(embeddingStd),
      };
      const size = length * width;
      const drop = dropout("drop", { size, rate });
      const blocks = Array.from({ length: layers }, (_, i) =>
        transformerBlock(`block${i}`, { width, heads, causal: true, dropout: { rate, length } }),
      );
      const norm = layerNorm("norm", width);
      return {
        parameters: [positions, ...blocks.flatMap((block) => block.parameters), ...norm.parameters],
        masks: [...drop.masks, ...blocks.flatMap((block) => block.masks)],
        states: (inputs) => {
          const { parameters, items } = inputs;
          const placed = items.mul(Math.sqrt(width)).add(arrayOf(parameters, positions.name));
          let x = drop.forward(inputs, placed.reshape([-1, size])).reshape([-1, length, width]);
          for (const block of blocks) x = block.forward(parameters, x, inputs);
          return norm.forward(parameters, x);
        },
      };
    };
    return sequenceModel(settings, schema, { target: "next", encoder });
  },
} as const satisfies ModelDefinition<SasRecConfig>;
