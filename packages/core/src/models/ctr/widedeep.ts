import { z } from "zod";
import { mlp } from "../../nn/index.ts";
import type { ModelDefinition } from "../types.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  dropoutRate,
  embedAll,
  embeddingStd,
  embeddingWidth,
  hiddenSizes,
} from "./features.ts";
import { firstOrder } from "./first-order.ts";
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("widedeep"),
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  hidden: hiddenSizes.default([64, 32]).describe("widths of the deep part's layers"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the deep part"),
  dropout: dropoutRate,
  embeddingStd,
});

export type WideDeepConfig = z.infer<typeof config>;

/**
 * Wide and deep: a linear model that memorises beside a tower that generalises, trained together.
 *
 *   logit = b + sum_f w_f + sum_j u_j x_j + w tower([v_1, ..., v_F, x_numeric])
 *
 * Cheng et al. 2016, equation 3. Its cross-product transformations are crossed features of the data: the
 * wide part has a weight for each value of them. One optimiser trains both parts.
 */
export const widedeep = {
  config,
  summary: "linear model beside a tower (Cheng et al. 2016)",
  build: ({ width, hidden, batchNorm, dropout, embeddingStd: std }, schema) => {
    checkAnyFeature("widedeep", schema);
    const wide = firstOrder(schema);
    const inputs = deepInputSize(schema, width);
    const tower = mlp("tower", { inputs, hidden, batchNorm, dropout });
    const head = logitHead("head", { inputs: tower.outputs, bias: false });
    return {
      kind: "widedeep",
      parameters: [...wide.parameters, ...tower.parameters, ...head.parameters],
      state: tower.state,
      dropout: tower.masks,
      embeddings: [...wide.embeddings, ...embedAll("deep", schema, { width, std })],
      forward: (inputs) => {
        const deep = tower.forward(inputs, deepInput(inputs, schema, "deep"));
        const logits = head.forward(inputs.parameters, deep.x).reshape([-1]);
        return { logits: logits.add(wide.forward(inputs)), state: deep.state };
      },
    };
  },
} as const satisfies ModelDefinition<WideDeepConfig>;
