import type { FeatureSchema } from "../../data/index.ts";
import { buildModel, type Model, type ModelConfig } from "../../models/index.ts";
import { templatedMmoe, type TemplateConfig } from "../../models/multitask/templated-mmoe.ts";

/** The experiment's model, the experts of a mixture being made of factors. */
export function buildTemplated(
  model: ModelConfig,
  schema: FeatureSchema,
  template: TemplateConfig,
): Model {
  return model.kind === "mmoe" ? templatedMmoe(model, template, schema) : buildModel(model, schema);
}
