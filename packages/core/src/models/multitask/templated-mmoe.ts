import { z } from "zod";
import { tasksOf, type FeatureSchema } from "../../data/schema.ts";
import { templatedExperts } from "../../nn/index.ts";
import { checkAnyFeature, deepInputSize } from "../ctr/features.ts";
import type { Model } from "../types.ts";
import { mixture } from "./mixture.ts";
import type { MmoeConfig } from "./mmoe.ts";

export const templateConfig = z.strictObject({
  operator: z
    .enum(["product", "sum"])
    .default("product")
    .describe("how an expert's weights combine the global, the scenario's and the task's factor"),
  taskFactor: z
    .enum(["full", "row", "off"])
    .default("row")
    .describe(
      "what a task has of its own in an expert; full: a factor as big as each weight, the experts " +
        "computed once for each task; row: a factor for each output, computed once for all; off: nothing",
    ),
});

export type TemplateConfig = z.infer<typeof templateConfig>;

/**
 * MMoE whose experts have weights composed of a global, a scenario's and a task's factor, so that a
 * federation can treat each in its own way (Ding et al. 2024, "Personalized Federated Multi-Scenario
 * Multi-Task Recommendation", names the three without giving their composition; `templatedExperts` does).
 *
 *   logit_t = tower_t(sum_e softmax(x G_t + g_t)_e expert_te(x)),   x = [v_1, ..., v_F, x_numeric]
 *
 * Fresh, it computes what `mmoe` of the same settings and draws computes.
 */
export function templatedMmoe(
  settings: MmoeConfig,
  template: TemplateConfig,
  schema: FeatureSchema,
): Model {
  checkAnyFeature("mmoe", schema);
  const group = templatedExperts("experts", {
    inputs: deepInputSize(schema, settings.width),
    hidden: settings.expertHidden,
    experts: settings.experts,
    batchNorm: settings.batchNorm,
    dropout: settings.dropout,
    tasks: tasksOf(schema).length,
    ...template,
  });
  return mixture("templated-mmoe", settings, { schema, group });
}
