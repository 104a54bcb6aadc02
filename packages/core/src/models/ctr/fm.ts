import { z } from "zod";
import { pairwiseProducts } from "../../nn/index.ts";
import { fieldVectors } from "../fields.ts";
import type { ModelDefinition } from "../types.ts";
import { checkAnyFeature, embedAll, embeddingStd, embeddingWidth } from "./features.ts";
import { firstOrder } from "./first-order.ts";

const config = z.strictObject({
  kind: z.literal("fm"),
  width: embeddingWidth.default(16).describe("entries of each factor vector"),
  embeddingStd,
});

export type FmConfig = z.infer<typeof config>;

/**
 * Factorisation machine of second order over the categorical features; numeric features enter the linear
 * part only.
 *
 *   logit = b + sum_f w_f + sum_j u_j x_j + sum_{f < g} <v_f, v_g>
 *
 * Rendle 2010. Factors start small (std 0.01): the pair term sums F (F - 1) / 2 products of `width`
 * terms, with unit normals its spread would be of the order of F sqrt(width / 2), and training would
 * begin with saturated logits.
 */
export const fm = {
  config,
  summary: "factorisation machine (Rendle 2010)",
  build: ({ width, embeddingStd: std }, schema) => {
    checkAnyFeature("fm", schema);
    const wide = firstOrder(schema);
    const factors = embedAll("factors", schema, { width, std });
    return {
      kind: "fm",
      parameters: wide.parameters,
      state: [],
      embeddings: [...wide.embeddings, ...factors],
      forward: (inputs) => {
        const linear = wide.forward(inputs);
        if (factors.length === 0) return { logits: linear, state: {} };
        const pairs = pairwiseProducts(fieldVectors(inputs, schema, { embedding: "factors" }));
        return { logits: linear.add(pairs), state: {} };
      },
    };
  },
} as const satisfies ModelDefinition<FmConfig>;
