import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import type { FeatureSchema } from "../../data/schema.ts";
import { AtollError } from "../../errors/index.ts";
import { normalInit } from "../../tensor/index.ts";
import type { EmbeddingSpec } from "../../embedding/index.ts";
import { fieldVectors } from "../fields.ts";
import type { ForwardInputs } from "../types.ts";

/** Config field: the spread of fresh embeddings. */
export const embeddingStd = z
  .number()
  .positive()
  .default(0.01)
  .describe("standard deviation of the normal draws that embeddings start from");

/** Config field: the tower's layers. */
export const hiddenSizes = z.array(z.number().int().positive()).min(1);

/** Config field: the width of an embedding. */
export const embeddingWidth = z.number().int().positive();

/** Guards the models that read whatever features there are. */
export function checkAnyFeature(kind: string, schema: FeatureSchema): void {
  if (schema.categorical.length + schema.numeric.length > 0) return;
  throw new AtollError(
    "MODEL_NEEDS_FEATURE",
    `model "${kind}" needs at least one feature, the data have none; ` +
      "name a user, an item, categorical or numeric columns under data.columns",
  );
}

/** Guards the models of two ids. */
export function checkUserAndItem(kind: string, schema: FeatureSchema): void {
  const names = schema.categorical.map((feature) => feature.name);
  const missing = ["user", "item"].filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw new AtollError(
    "MODEL_NEEDS_FEATURE",
    `model "${kind}" needs the features user and item, the data have no ${missing.join(" and no ")} ` +
      `(categorical features: ${names.join(", ") || "none"}); ` +
      "name the columns under data.columns.user and data.columns.item, or choose another model",
  );
}

/** An embedding of every categorical feature; none if there is no such feature. */
export function embedAll(
  name: string,
  schema: FeatureSchema,
  { width, std }: { readonly width: number; readonly std: number },
): EmbeddingSpec[] {
  if (schema.categorical.length === 0) return [];
  const features = schema.categorical.map((feature) => feature.name);
  return [{ name, features, width, init: normalInit(std) }];
}

/** Entries per example of `deepInput`. */
export function deepInputSize(schema: FeatureSchema, width: number): number {
  return schema.categorical.length * width + schema.numeric.length;
}

/** The `dropout` setting of models with a tower. */
export const dropoutRate = z
  .number()
  .min(0)
  .lt(1)
  .default(0)
  .describe("share of each layer's outputs that training drops, at random for every batch");

/** What deep parts read: all embedded features side by side, then the numeric ones; [batch, size]. */
export function deepInput(
  inputs: ForwardInputs,
  schema: FeatureSchema,
  embedding: string,
): np.Array {
  const parts: np.Array[] = [];
  if (embedding in inputs.embeddings) {
    const v = fieldVectors(inputs, schema, { embedding });
    parts.push(v.reshape([v.shape[0]!, v.shape[1]! * v.shape[2]!]));
  }
  if (inputs.numeric !== undefined) parts.push(inputs.numeric);
  return parts.length === 1 ? parts[0]! : np.concatenate(parts, 1);
}
