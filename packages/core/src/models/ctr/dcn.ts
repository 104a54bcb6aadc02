import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { arrayOf, mlp, type CrossNetwork } from "../../nn/index.ts";
import { linearDefault, zeros, type ParameterSpec } from "../../tensor/index.ts";
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
  kind: z.literal("dcn"),
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  crossLayers: z
    .number()
    .int()
    .positive()
    .default(3)
    .describe("cross layers: products of up to this many plus one features"),
  hidden: hiddenSizes.default([64, 32]).describe("widths of the deep part's layers"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the deep part"),
  dropout: dropoutRate,
  embeddingStd,
});

export type DcnConfig = z.infer<typeof config>;

/**
 * Deep and cross network, the first version, over x_0 = [v_1, ..., v_F, x_numeric].
 *
 *   logit = w [cross(x_0), tower(x_0)] + b,   cross: x_{l+1} = x_0 (x_l . w_l) + b_l + x_l
 *
 * Wang et al. 2017, figure 1. A cross layer has two vectors where that of `dcnv2` has a matrix: all entries
 * of x_0 are scaled by one number of each row.
 */
export const dcn = {
  config,
  summary: "deep and cross network with vectors (Wang et al. 2017)",
  build: ({ width, crossLayers, hidden, batchNorm, dropout, embeddingStd: std }, schema) => {
    checkAnyFeature("dcn", schema);
    const size = deepInputSize(schema, width);
    const cross = vectorCrossNetwork("cross", { size, layers: crossLayers });
    const tower = mlp("tower", { inputs: size, hidden, batchNorm, dropout });
    const head = logitHead("head", { inputs: size + tower.outputs });
    return {
      kind: "dcn",
      parameters: [...cross.parameters, ...tower.parameters, ...head.parameters],
      state: tower.state,
      dropout: tower.masks,
      embeddings: embedAll("deep", schema, { width, std }),
      forward: (inputs) => {
        const first = deepInput(inputs, schema, "deep");
        const crossed = cross.forward(inputs.parameters, first);
        const deep = tower.forward(inputs, first);
        const last = np.concatenate([crossed, deep.x], 1);
        return {
          logits: head.forward(inputs.parameters, last).reshape([-1]),
          state: deep.state,
        };
      },
    };
  },
} as const satisfies ModelDefinition<DcnConfig>;

/**
 * x_{l+1} = x_0 (x_l . w_l) + b_l + x_l, equation 3 of the paper. Names: `<name>/<l>/weight` [size, 1],
 * `<name>/<l>/bias` [size].
 */
function vectorCrossNetwork(
  name: string,
  { size, layers: count }: { readonly size: number; readonly layers: number },
): CrossNetwork {
  const layers = Array.from({ length: count }, (_, l) => ({
    weight: `${name}/${l}/weight`,
    bias: `${name}/${l}/bias`,
  }));
  return {
    parameters: layers.flatMap(({ weight, bias }): ParameterSpec[] => [
      { name: weight, shape: [size, 1], role: "weight", init: linearDefault(size) },
      { name: bias, shape: [size], role: "weight", init: zeros },
    ]),
    forward: (parameters, first) => {
      let x = first;
      for (const { weight, bias } of layers) {
        const scale = np.matmul(x, arrayOf(parameters, weight));
        x = first.mul(scale).add(arrayOf(parameters, bias)).add(x);
      }
      return x;
    },
  };
}
