import { extension, np, z } from "@atoll/core/extensions";
import { checkAnyFeature, embedAll, fieldVectors, firstOrder } from "@atoll/core/models";
import { logitHead, type ModelDefinition } from "@atoll/core/models";
import { mlp } from "@atoll/core/nn";

const config = z.strictObject({
  kind: z.literal("nfm"),
  width: z.number().int().positive().default(16).describe("entries of each embedding"),
  hidden: z
    .array(z.number().int().positive())
    .min(1)
    .default([32])
    .describe("widths of the tower's layers"),
  embeddingStd: z.number().positive().default(0.01).describe("spread of fresh embeddings"),
});

/**
 * Neural factorisation machine: He and Chua 2017, arXiv 1708.05027.
 *
 *   logit = linear(x) + w tower(p),   p = 1/2 [(sum_f v_f)^2 - sum_f v_f^2], entry by entry
 */
const nfm: ModelDefinition<z.infer<typeof config>> = {
  config,
  summary: "tower over the summed products of all pairs of features (He and Chua 2017)",
  // Called once with the features of the data. What it returns is plain data and one pure function.
  build: ({ width, hidden, embeddingStd: std }, schema) => {
    checkAnyFeature("nfm", schema);
    const wide = firstOrder(schema);
    const factors = embedAll("factors", schema, { width, std });
    const tower = mlp("tower", { inputs: width, hidden });
    const head = logitHead("head", { inputs: tower.outputs });
    return {
      kind: "nfm",
      parameters: [...wide.parameters, ...tower.parameters, ...head.parameters],
      state: tower.state,
      embeddings: [...wide.embeddings, ...factors],
      // Traced once and compiled, with its gradients. v is [batch, features, width].
      forward: (inputs) => {
        const linear = wide.forward(inputs);
        if (factors.length === 0) return { logits: linear, state: {} };
        const v = fieldVectors(inputs, schema, { embedding: "factors" });
        const pairs = np
          .square(np.sum(v, 1))
          .sub(np.sum(np.square(v), 1))
          .mul(0.5);
        const deep = tower.forward(inputs, pairs);
        const logits = head.forward(inputs.parameters, deep.x).reshape([-1]);
        return { logits: logits.add(linear), state: deep.state };
      },
    };
  },
};

export const myModel = extension({ models: { nfm } });
