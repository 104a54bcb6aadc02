import type { FeatureSchema } from "../data/index.ts";
import type { Model, ModelConfig } from "../models/index.ts";
import { buildClickModel } from "./fedmm/channels/build-click-model.ts";
import { buildTemplated } from "./pf-msmtrec/build-templated.ts";
import type { Added } from "./stages/added.ts";

/** The model that a client kept, as its method makes it. */
export function buildKept(config: ModelConfig, schema: FeatureSchema, added: Added): Model {
  return added.template === undefined
    ? buildClickModel(config, schema, added)
    : buildTemplated(config, schema, added.template);
}
