import { z } from "zod";
import type { FeatureSchema } from "../data/schema.ts";
import { autoint } from "./ctr/autoint.ts";
import { dcn } from "./ctr/dcn.ts";
import { dcnv2 } from "./ctr/dcnv2.ts";
import { deepfm } from "./ctr/deepfm.ts";
import { din } from "./ctr/din.ts";
import { ffm } from "./ctr/ffm.ts";
import { fibinet } from "./ctr/fibinet.ts";
import { finalmlp } from "./ctr/finalmlp.ts";
import { fm } from "./ctr/fm.ts";
import { gmf } from "./ctr/gmf.ts";
import { lr } from "./ctr/lr.ts";
import { masknet } from "./ctr/masknet.ts";
import { mlp } from "./ctr/mlp.ts";
import { neumf } from "./ctr/neumf.ts";
import { pnn } from "./ctr/pnn.ts";
import { widedeep } from "./ctr/widedeep.ts";
import { xdeepfm } from "./ctr/xdeepfm.ts";
import { bert4rec } from "./sequence/bert4rec.ts";
import { gru4rec } from "./sequence/gru4rec.ts";
import { sasrec } from "./sequence/sasrec.ts";
import { aitm } from "./multitask/aitm.ts";
import { esmm } from "./multitask/esmm.ts";
import { mmoe } from "./multitask/mmoe.ts";
import { ple } from "./multitask/ple.ts";
import { sharedBottom } from "./multitask/shared-bottom.ts";
import { stem } from "./multitask/stem.ts";
import { pepnet } from "./multiscenario/pepnet.ts";
import { star } from "./multiscenario/star.ts";
import { openTable } from "../registry/index.ts";
import type { Model, ModelDefinition } from "./types.ts";

/** Every model that a config may name. */
export const models = {
  lr,
  fm,
  gmf,
  mlp,
  neumf,
  deepfm,
  dcnv2,
  ffm,
  widedeep,
  pnn,
  dcn,
  xdeepfm,
  autoint,
  fibinet,
  masknet,
  finalmlp,
  din,
  gru4rec,
  sasrec,
  bert4rec,
  "shared-bottom": sharedBottom,
  mmoe,
  ple,
  esmm,
  aitm,
  stem,
  star,
  pepnet,
} as const;

export type ModelKind = keyof typeof models;

/** The config of each kind, by kind. */
export type Configs = { [Kind in ModelKind]: z.infer<(typeof models)[Kind]["config"]> };

/** The config of a model that an extension adds. */
export interface AddedModelConfig {
  readonly kind: string;
  readonly [setting: string]: unknown;
}

export type ModelConfig = Configs[ModelKind];

/** A line of the shelf whose config has been read already: what the table hands out by name. */
export type AnyModel = Omit<ModelDefinition<{ readonly kind: string }>, "config"> & {
  readonly config: z.ZodObject;
};

/** Every one by name: where extensions add theirs. */
export const modelTable = openTable<AnyModel>(
  "model",
  models as unknown as Record<string, AnyModel>,
);

/** The model of a kind, of the library or of an extension. */
export function modelOf(kind: string): AnyModel {
  return modelTable.get(kind);
}

const { lr: first, ...others } = models;

/** The `model:` block of an experiment: the strict config of one kind. */
export const modelConfig = z.discriminatedUnion("kind", [
  first.config,
  ...Object.values(others).map((definition) => definition.config),
]);

/** The same where an experiment may name further models. */
export function modelConfigWith(
  added: Readonly<Record<string, Pick<AnyModel, "config">>>,
): typeof modelConfig {
  const configs = Object.values(added).map(({ config }) => config);
  if (configs.length === 0) return modelConfig;
  return z.discriminatedUnion("kind", [
    first.config,
    ...Object.values(others).map((definition) => definition.config),
    ...configs,
  ]) as unknown as typeof modelConfig;
}

/** Makes the model that a config names for the features of a schema. */
export function buildModel(config: ModelConfig | AddedModelConfig, schema: FeatureSchema): Model {
  return modelOf(config.kind).build(config, schema);
}
