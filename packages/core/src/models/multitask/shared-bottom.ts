import { z } from "zod";
import { tasksOf } from "../../data/schema.ts";
import { mlp } from "../../nn/index.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  embedAll,
  hiddenSizes,
} from "../ctr/features.ts";
import type { ModelDefinition } from "../types.ts";
import { sideBySide, taskFields, taskTowers } from "./tasks.ts";

const config = z.strictObject({
  kind: z.literal("shared-bottom"),
  bottomHidden: hiddenSizes.default([64]).describe("widths of the layers that all tasks share"),
  ...taskFields,
});

export type SharedBottomConfig = z.infer<typeof config>;

/**
 * One tower that all tasks share under a tower of each.
 *
 *   logit_t = tower_t(bottom([v_1, ..., v_F, x_numeric]))
 *
 * Caruana 1997.
 */
export const sharedBottom = {
  config,
  summary: "a tower that all tasks share under a tower of each (Caruana 1997)",
  build: ({ width, bottomHidden, towerHidden, batchNorm, dropout, embeddingStd: std }, schema) => {
    checkAnyFeature("shared-bottom", schema);
    const inputs = deepInputSize(schema, width);
    const bottom = mlp("bottom", { inputs, hidden: bottomHidden, batchNorm, dropout });
    const towers = taskTowers(schema, {
      inputs: bottom.outputs,
      hidden: towerHidden,
      batchNorm,
      dropout,
    });
    return {
      kind: "shared-bottom",
      multiTask: true,
      parameters: [...bottom.parameters, ...towers.parameters],
      state: [...bottom.state, ...towers.state],
      dropout: [...bottom.masks, ...towers.masks],
      embeddings: embedAll("deep", schema, { width, std }),
      forward: (inputs) => {
        const shared = bottom.forward(inputs, deepInput(inputs, schema, "deep"));
        const { logits, state } = towers.forward(
          inputs,
          tasksOf(schema).map(() => shared.x),
        );
        return { logits: sideBySide(logits), state: { ...shared.state, ...state } };
      },
    };
  },
} as const satisfies ModelDefinition<SharedBottomConfig>;
