import type { FeatureSchema } from "../../../data/index.ts";
import { buildModel, type Model, type ModelConfig } from "../../../models/index.ts";
import type { Added } from "../../stages/added.ts";
import { withCodeHead } from "./code-head.ts";

/** The click model for declared and added features: without those it does not read, and with its head. */
export function buildClickModel(
  config: ModelConfig,
  schema: FeatureSchema,
  { unread, head }: Pick<Added, "unread" | "head">,
): Model {
  const model = buildModel(config, without(schema, unread));
  return head === undefined ? model : withCodeHead(model, schema, head);
}

/** The schema without some categorical features. */
export function without(schema: FeatureSchema, features: readonly string[]): FeatureSchema {
  if (features.length === 0) return schema;
  return {
    ...schema,
    categorical: schema.categorical.filter(({ name }) => !features.includes(name)),
  };
}
