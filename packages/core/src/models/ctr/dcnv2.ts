import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { crossNetwork, mlp } from "../../nn/index.ts";
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
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("dcnv2"),
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  crossLayers: z
    .number()
    .int()
    .positive()
    .default(3)
    .describe("cross layers: products of up to this many plus one features"),
  hidden: hiddenSizes.default([64, 32]).describe("widths of the deep part's layers"),
  structure: z
    .enum(["parallel", "stacked"])
    .default("parallel")
    .describe("parallel: cross and deep part side by side; stacked: the deep part on the crosses"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the deep part"),
  dropout: dropoutRate,
  embeddingStd,
});

export type Dcnv2Config = z.infer<typeof config>;

/**
 * Deep and cross network, version 2, over x_0 = [v_1, ..., v_F, x_numeric].
 *
 *   parallel:  logit = w [cross(x_0), tower(x_0)] + b
 *   stacked:   logit = w tower(cross(x_0)) + b,       cross: x_{l+1} = x_0 * (x_l W_l + b_l) + x_l
 *
 * Wang et al. 2021, figure 1.
 */
export const dcnv2 = {
  config,
  summary: "deep and cross network with full matrices (Wang et al. 2021)",
  build: (settings, schema) => {
    checkAnyFeature("dcnv2", schema);
    const { width, crossLayers, hidden, structure, batchNorm, dropout } = settings;
    const size = deepInputSize(schema, width);
    const cross = crossNetwork("cross", { size, layers: crossLayers });
    const tower = mlp("tower", { inputs: size, hidden, batchNorm, dropout });
    const parallel = structure === "parallel";
    const head = logitHead("head", {
      inputs: parallel ? size + tower.outputs : tower.outputs,
    });
    return {
      kind: "dcnv2",
      parameters: [...cross.parameters, ...tower.parameters, ...head.parameters],
      state: tower.state,
      dropout: tower.masks,
      embeddings: embedAll("deep", schema, { width, std: settings.embeddingStd }),
      forward: (inputs) => {
        const first = deepInput(inputs, schema, "deep");
        const crossed = cross.forward(inputs.parameters, first);
        const deep = tower.forward(inputs, parallel ? first : crossed);
        const last = parallel ? np.concatenate([crossed, deep.x], 1) : deep.x;
        return {
          logits: head.forward(inputs.parameters, last).reshape([-1]),
          state: deep.state,
        };
      },
    };
  },
} as const satisfies ModelDefinition<Dcnv2Config>;
