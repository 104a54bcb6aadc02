import { z } from "zod";
import type { ModelDefinition } from "../types.ts";
import { checkAnyFeature } from "./features.ts";
import { firstOrder } from "./first-order.ts";

const config = z.strictObject({ kind: z.literal("lr") });

export type LrConfig = z.infer<typeof config>;

/**
 * Logistic regression on all features.
 *
 *   logit = b + sum_f w_f[value of f] + sum_j u_j x_j
 *
 * Richardson, Dominowska and Ragno 2007, "Predicting clicks".
 */
export const lr = {
  config,
  summary: "logistic regression on all features (Richardson et al. 2007)",
  build: (_, schema) => {
    checkAnyFeature("lr", schema);
    const wide = firstOrder(schema);
    return {
      kind: "lr",
      parameters: wide.parameters,
      state: [],
      embeddings: wide.embeddings,
      forward: (inputs) => ({ logits: wide.forward(inputs), state: {} }),
    };
  },
} as const satisfies ModelDefinition<LrConfig>;
