import { z } from "zod";
import type { FeatureSchema } from "../data/schema.ts";
import { dcnv2 } from "./ctr/dcnv2.ts";
import { deepfm } from "./ctr/deepfm.ts";
import { fm } from "./ctr/fm.ts";
import { gmf } from "./ctr/gmf.ts";
import { lr } from "./ctr/lr.ts";
import { mlp } from "./ctr/mlp.ts";
import { neumf } from "./ctr/neumf.ts";
import type { Model } from "./types.ts";

/** Every model that a config may name. */
export const models = { lr, fm, gmf, mlp, neumf, deepfm, dcnv2 } as const;

export type ModelKind = keyof typeof models;

/** The config of each kind, by kind. */
type Configs = { [Kind in ModelKind]: z.infer<(typeof models)[Kind]["config"]> };

export type ModelConfig = Configs[ModelKind];

const { lr: first, ...others } = models;

/** The `model:` block of an experiment: the strict config of one kind. */
export const modelConfig = z.discriminatedUnion("kind", [
  first.config,
  ...Object.values(others).map((definition) => definition.config),
]);

/** Makes the model that a config names for the features of a schema. */
export function buildModel<Kind extends ModelKind>(
  config: Configs[Kind] & { readonly kind: Kind },
  schema: FeatureSchema,
): Model {
  const builders: {
    readonly [K in ModelKind]: { build: (config: Configs[K], schema: FeatureSchema) => Model };
  } = models;
  return builders[config.kind].build(config, schema);
}
