import { z } from "zod";
import { mlp, pairwiseProducts } from "../../nn/index.ts";
import { fieldVectors } from "../fields.ts";
import type { ModelDefinition } from "../types.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  embedAll,
  dropoutRate,
  embeddingStd,
  embeddingWidth,
  hiddenSizes,
} from "./features.ts";
import { firstOrder } from "./first-order.ts";
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("deepfm"),
  width: embeddingWidth.default(16).describe("entries of each factor vector, shared by both parts"),
  hidden: hiddenSizes.default([64, 32]).describe("widths of the deep part's layers"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the deep part"),
  dropout: dropoutRate,
  embeddingStd,
});

export type DeepFmConfig = z.infer<typeof config>;

/**
 * DeepFM: a factorisation machine and a tower over the same embeddings.
 *
 *   logit = FM(x) + w tower([v_1, ..., v_F, x_numeric]) + b
 *
 * Guo et al. 2017. Numeric features enter the linear part and, as they are, the tower.
 */
export const deepfm = {
  config,
  summary: "factorisation machine plus tower over shared embeddings (Guo et al. 2017)",
  build: ({ width, hidden, batchNorm, dropout, embeddingStd: std }, schema) => {
    checkAnyFeature("deepfm", schema);
    const wide = firstOrder(schema);
    const factors = embedAll("factors", schema, { width, std });
    const tower = mlp("tower", {
      inputs: deepInputSize(schema, width),
      hidden,
      batchNorm,
      dropout,
    });
    const head = logitHead("head", { inputs: tower.outputs, bias: false });
    return {
      kind: "deepfm",
      parameters: [...wide.parameters, ...tower.parameters, ...head.parameters],
      state: tower.state,
      dropout: tower.masks,
      embeddings: [...wide.embeddings, ...factors],
      forward: (inputs) => {
        const deep = tower.forward(inputs, deepInput(inputs, schema, "factors"));
        let logits = head.forward(inputs.parameters, deep.x).reshape([-1]);
        logits = logits.add(wide.forward(inputs));
        if (factors.length > 0)
          logits = logits.add(
            pairwiseProducts(fieldVectors(inputs, schema, { embedding: "factors" })),
          );
        return { logits, state: deep.state };
      },
    };
  },
} as const satisfies ModelDefinition<DeepFmConfig>;
