import type { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { arrayOf, mlp as tower } from "../../nn/index.ts";
import { normalInit } from "../../tensor/index.ts";
import type { ForwardInputs, ModelDefinition } from "../types.ts";
import {
  checkUserAndItem,
  dropoutRate,
  embeddingStd,
  embeddingWidth,
  hiddenSizes,
} from "./features.ts";
import { logitHead } from "./head.ts";
import { copyNumbers, sourceOf } from "./start.ts";

const config = z.strictObject({
  kind: z.literal("mlp"),
  width: embeddingWidth.default(8).describe("entries of the user's and the item's vector"),
  hidden: hiddenSizes.default([64, 32, 16, 8]).describe("widths of the tower's layers"),
  dropout: dropoutRate,
  embeddingStd,
});

export type MlpConfig = z.infer<typeof config>;

/** The user's and the item's vector of an embedding side by side; [batch, 2 width]. */
export function userBesideItem(inputs: ForwardInputs, embedding: string): np.Array {
  const pair = arrayOf(inputs.embeddings, embedding);
  return pair.reshape([pair.shape[0]!, pair.shape[1]! * pair.shape[2]!]);
}

/**
 * A tower over user and item.
 *
 *   logit = w tower([p_user, q_item]) + b
 *
 * He et al. 2017, equation 10; layers as in efficient-xmrec. It may start from a trained `gmf` of the
 * same width, whose two tables it copies, as the published XMarket runs do.
 */
export const mlp = {
  config,
  summary: "tower over user and item embeddings (He et al. 2017)",
  build: ({ width, hidden, dropout, embeddingStd: std }, schema) => {
    checkUserAndItem("mlp", schema);
    const deep = tower("tower", { inputs: 2 * width, hidden, dropout });
    const head = logitHead("head", { inputs: deep.outputs });
    return {
      kind: "mlp",
      parameters: [...deep.parameters, ...head.parameters],
      state: [],
      dropout: deep.masks,
      embeddings: [{ name: "mlp", features: ["user", "item"], width, init: normalInit(std) }],
      forward: (inputs) => {
        const { x } = deep.forward(inputs, userBesideItem(inputs, "mlp"));
        return { logits: head.forward(inputs.parameters, x).reshape([-1]), state: {} };
      },
      startFrom: (sources, target) => {
        const source = sourceOf("gmf", sources, target);
        const tables = [
          ["gmf/user", "mlp/user"],
          ["gmf/item", "mlp/item"],
        ] as const;
        copyNumbers("tables", tables, { source, target });
      },
    };
  },
} as const satisfies ModelDefinition<MlpConfig>;
