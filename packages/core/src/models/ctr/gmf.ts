import type { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { arrayOf } from "../../nn/index.ts";
import { normalInit } from "../../tensor/index.ts";
import type { ForwardInputs, ModelDefinition } from "../types.ts";
import { checkUserAndItem, embeddingStd, embeddingWidth } from "./features.ts";
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("gmf"),
  width: embeddingWidth.default(8).describe("entries of the user's and the item's vector"),
  embeddingStd,
});

export type GmfConfig = z.infer<typeof config>;

/** The elementwise product p * q of the user's and the item's vector of an embedding; [batch, width]. */
export function userTimesItem(inputs: ForwardInputs, embedding: string): np.Array {
  const pair = arrayOf(inputs.embeddings, embedding);
  return pair.slice([], 0, []).mul(pair.slice([], 1, []));
}

/**
 * Generalised matrix factorisation: a weighted inner product of user and item.
 *
 *   logit = w (p_user * q_item) + b
 *
 * He et al. 2017, equation 9, whose embeddings start from N(0, 0.01^2) as here. efficient-xmrec, the
 * published XMarket runs, starts from N(0, 1): set `embeddingStd: 1` to follow it.
 */
export const gmf = {
  config,
  summary: "generalised matrix factorisation of user and item (He et al. 2017)",
  build: ({ width, embeddingStd: std }, schema) => {
    checkUserAndItem("gmf", schema);
    const head = logitHead("head", { inputs: width });
    return {
      kind: "gmf",
      parameters: head.parameters,
      state: [],
      embeddings: [{ name: "gmf", features: ["user", "item"], width, init: normalInit(std) }],
      forward: (inputs) => ({
        logits: head.forward(inputs.parameters, userTimesItem(inputs, "gmf")).reshape([-1]),
        state: {},
      }),
    };
  },
} as const satisfies ModelDefinition<GmfConfig>;
