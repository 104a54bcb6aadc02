import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { FIRST_VALUE_ROW, lengthOf, type FeatureSchema } from "../../data/schema.ts";
import { AtollError } from "../../errors/index.ts";
import { arrayOf } from "../../nn/index.ts";
import type { ForwardInputs } from "../types.ts";

/** Config field: the feature that tells scenarios apart. */
export const scenarioFeature = z
  .string()
  .min(1)
  .default("scenario")
  .describe(
    "the categorical feature that says which scenario (market, page, channel) an example is of",
  );

/** Guards the models that are told the scenario of each example. */
export function checkScenario(kind: string, schema: FeatureSchema, scenario: string): void {
  const feature = schema.categorical.find(({ name }) => name === scenario);
  if (feature !== undefined && lengthOf(feature) === 1) return;
  const names = schema.categorical.map(({ name }) => name).join(", ") || "none";
  const lacking =
    feature === undefined
      ? `the data have no categorical feature of this name (categorical features: ${names})`
      : `that feature has up to ${lengthOf(feature)} values per example`;
  throw new AtollError(
    "MODEL_NEEDS_FEATURE",
    `model "${kind}" needs the scenario of each example as the feature "${scenario}", and ${lacking}; ` +
      "name a categorical column with one value per row under model.scenario",
  );
}

/**
 * Which scenario each row is of, [batch, 1 + scenarios] of 1 and 0: column d > 0 for the feature's d-th
 * value, column 0 for all other rows (later values, values out of vocabulary, padding).
 */
export function scenarioOf(inputs: ForwardInputs, feature: string, scenarios: number): np.Array {
  const rows = Float32Array.from({ length: scenarios }, (_, d) => FIRST_VALUE_ROW + d);
  const known = np
    .equal(arrayOf(inputs.index, feature), np.array(rows, { shape: [1, scenarios] }))
    .astype(np.float32);
  const other = np.sum(known, 1, { keepdims: true }).neg().add(1);
  return np.concatenate([other, known], 1);
}
