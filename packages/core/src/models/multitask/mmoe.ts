import { z } from "zod";
import { tasksOf } from "../../data/schema.ts";
import { experts, gatedSum } from "../../nn/index.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  embedAll,
  hiddenSizes,
} from "../ctr/features.ts";
import type { ModelDefinition } from "../types.ts";
import { count, sideBySide, taskFields, taskTowers } from "./tasks.ts";

const config = z.strictObject({
  kind: z.literal("mmoe"),
  experts: count.default(4).describe("experts that all tasks share"),
  expertHidden: hiddenSizes.default([64]).describe("widths of each expert's layers"),
  ...taskFields,
});

export type MmoeConfig = z.infer<typeof config>;

/**
 * Experts that all tasks share, mixed anew for every task by a gate that sees the example.
 *
 *   logit_t = tower_t(sum_e softmax(x G_t + g_t)_e expert_e(x)),   x = [v_1, ..., v_F, x_numeric]
 *
 * Ma et al. 2018, equations 5 to 7, whose gates have no bias g.
 */
export const mmoe = {
  config,
  summary: "shared experts, mixed by a gate of each task (Ma et al. 2018)",
  build: (settings, schema) => {
    checkAnyFeature("mmoe", schema);
    const { width, towerHidden, batchNorm, dropout } = settings;
    const inputs = deepInputSize(schema, width);
    const group = experts("experts", {
      inputs,
      hidden: settings.expertHidden,
      experts: settings.experts,
      batchNorm,
      dropout,
    });
    const gates = tasksOf(schema).map((_, t) =>
      gatedSum(`gate${t}`, { inputs, parts: settings.experts }),
    );
    const towers = taskTowers(schema, {
      inputs: group.outputs,
      hidden: towerHidden,
      batchNorm,
      dropout,
    });
    return {
      kind: "mmoe",
      multiTask: true,
      parameters: [group, ...gates, towers].flatMap((part) => part.parameters),
      state: [...group.state, ...towers.state],
      dropout: [...group.masks, ...towers.masks],
      embeddings: embedAll("deep", schema, { width, std: settings.embeddingStd }),
      forward: (inputs) => {
        const x = deepInput(inputs, schema, "deep");
        const mixed = group.forward(inputs, x);
        const { logits, state } = towers.forward(
          inputs,
          gates.map((gate) => gate.forward(inputs.parameters, x, mixed.outs)),
        );
        return { logits: sideBySide(logits), state: { ...mixed.state, ...state } };
      },
    };
  },
} as const satisfies ModelDefinition<MmoeConfig>;
