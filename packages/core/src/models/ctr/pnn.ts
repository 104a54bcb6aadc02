import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { innerProducts, mlp } from "../../nn/index.ts";
import { fieldVectors } from "../fields.ts";
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
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("pnn"),
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  product: z
    .enum(["inner", "outer", "both"])
    .default("inner")
    .describe("inner: one number for each pair; outer: one matrix that sums all pairs; or both"),
  hidden: hiddenSizes
    .default([64, 32])
    .describe("widths of the layers; the first reads the features and their products"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the layers"),
  dropout: dropoutRate,
  embeddingStd,
});

export type PnnConfig = z.infer<typeof config>;

/**
 * Product-based network: a tower whose first layer sees the features and their pairwise products.
 *
 *   logit = w tower([z, p]) + b,   z = [v_1, ..., v_F, x_numeric]
 *   inner: p = [<v_f, v_g>]_{f < g}     outer: p = vec(s s'), s = sum_f v_f     both: side by side
 *
 * Qu et al. 2016, figure 1, whose first layer relu(W_z z + W_p p + b_1) is that of the tower on both side by
 * side. The paper's N x N matrix of inner products holds each pair twice; here, as in the authors' code,
 * once. The outer product is the paper's sum over all pairs, whose size does not grow with the number of
 * features. The kernels for every pair that the authors' code has in its place are the model of their later
 * paper (Qu et al. 2018): F (F - 1) / 2 matrices, which a federation would send in each round.
 */
export const pnn = {
  config,
  summary: "tower over features and their inner or outer products (Qu et al. 2016)",
  build: ({ width, product, hidden, batchNorm, dropout, embeddingStd: std }, schema) => {
    checkAnyFeature("pnn", schema);
    const fields = schema.categorical.length;
    const [inner, outer] = [fields > 1 && product !== "outer", fields > 0 && product !== "inner"];
    const tower = mlp("tower", {
      inputs:
        deepInputSize(schema, width) +
        (inner ? (fields * (fields - 1)) / 2 : 0) +
        (outer ? width * width : 0),
      hidden,
      batchNorm,
      dropout,
    });
    const head = logitHead("head", { inputs: tower.outputs });
    return {
      kind: "pnn",
      parameters: [...tower.parameters, ...head.parameters],
      state: tower.state,
      dropout: tower.masks,
      embeddings: embedAll("deep", schema, { width, std }),
      forward: (inputs) => {
        const signals = [deepInput(inputs, schema, "deep")];
        if (inner || outer) {
          const v = fieldVectors(inputs, schema, { embedding: "deep" });
          if (inner) signals.push(innerProducts(v));
          if (outer) signals.push(summedOuterProduct(v));
        }
        const first = signals.length === 1 ? signals[0]! : np.concatenate(signals, 1);
        const deep = tower.forward(inputs, first);
        return {
          logits: head.forward(inputs.parameters, deep.x).reshape([-1]),
          state: deep.state,
        };
      },
    };
  },
} as const satisfies ModelDefinition<PnnConfig>;

/** sum_{f, g} v_f v_g' = s s' with s = sum_f v_f, for v [batch, features, width]; [batch, width^2]. */
function summedOuterProduct(v: np.Array): np.Array {
  const [batch, , width] = v.shape as [number, number, number];
  const sum = np.sum(v, 1);
  const product = sum.reshape([batch, width, 1]).mul(sum.reshape([batch, 1, width]));
  return product.reshape([batch, width * width]);
}
