import { z } from "zod";
import { tasksOf } from "../../data/schema.ts";
import { experts } from "../../nn/index.ts";
import { checkAnyFeature, deepInputSize, hiddenSizes } from "../ctr/features.ts";
import type { ModelDefinition } from "../types.ts";
import { mixture, type ExpertsOfTasks } from "./mixture.ts";
import { count, taskFields } from "./tasks.ts";

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
    const all = experts("experts", {
      inputs: deepInputSize(schema, settings.width),
      hidden: settings.expertHidden,
      experts: settings.experts,
      batchNorm: settings.batchNorm,
      dropout: settings.dropout,
    });
    const group: ExpertsOfTasks = {
      ...all,
      forward: (inputs, x) => {
        const { outs, state } = all.forward(inputs, x);
        return { outs: tasksOf(schema).map(() => outs), state };
      },
    };
    return mixture("mmoe", settings, { schema, group });
  },
} as const satisfies ModelDefinition<MmoeConfig>;
