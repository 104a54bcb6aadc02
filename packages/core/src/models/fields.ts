import { numpy as np } from "@jax-js/jax";
import { lengthOf, type CategoricalFeature, type FeatureSchema } from "../data/schema.ts";
import { arrayOf } from "../nn/index.ts";
import type { ForwardInputs } from "./types.ts";

/** The schema's features among those that an embedding lists, in its order. */
function featuresOf(
  schema: FeatureSchema,
  features: readonly string[] | undefined,
): readonly CategoricalFeature[] {
  if (features === undefined) return schema.categorical;
  return features.map((name) => schema.categorical.find((feature) => feature.name === name)!);
}

/** Which embedding, and the features that its specification lists. Default: all of the schema. */
export interface FieldsOf {
  readonly embedding: string;
  readonly features?: readonly string[];
}

export interface FieldVectorsOf extends FieldsOf {
  /** Vectors [batch, width] of longer features that the model pools by itself, by name. */
  readonly pooled?: Readonly<Record<string, np.Array>>;
}

/** The vectors of one feature's values, [batch, length, width]. */
export function valuesOf(
  inputs: ForwardInputs,
  schema: FeatureSchema,
  { embedding, features, feature: name }: FieldsOf & { readonly feature: string },
): np.Array {
  const listed = featuresOf(schema, features);
  const at = listed.findIndex((feature) => feature.name === name);
  const start = listed.slice(0, at).reduce((sum, feature) => sum + lengthOf(feature), 0);
  const length = lengthOf(listed[at]!);
  return arrayOf(inputs.embeddings, embedding).slice([], [start, start + length], []);
}

/** Which values of a feature are no padding, [batch, length], as 1 and 0. The feature has an index. */
export function presentOf(inputs: ForwardInputs, feature: string): np.Array {
  return np.greater(arrayOf(inputs.index, feature), 0).astype(np.float32);
}

/**
 * One vector per feature, [batch, features, width]: longer features are pooled over the values that are
 * there, sum_l p_l v_l, or that divided by sum_l p_l; a feature without any value is 0.
 */
export function fieldVectors(
  inputs: ForwardInputs,
  schema: FeatureSchema,
  { embedding, features, pooled: given }: FieldVectorsOf,
): np.Array {
  const listed = featuresOf(schema, features);
  const all = arrayOf(inputs.embeddings, embedding);
  if (listed.every((feature) => lengthOf(feature) === 1)) return all;
  const width = all.shape[2]!;
  const parts: np.Array[] = [];
  let start = 0;
  for (let f = 0; f < listed.length;) {
    // Neighbours of length 1 stay one piece.
    let end = start;
    let next = f;
    while (next < listed.length && lengthOf(listed[next]!) === 1) {
      end += 1;
      next += 1;
    }
    if (next > f) {
      parts.push(all.slice([], [start, end], []));
      start = end;
      f = next;
      continue;
    }
    const feature = listed[f]!;
    const length = lengthOf(feature);
    const vector =
      given?.[feature.name] ?? pool(all.slice([], [start, start + length], []), inputs, feature);
    parts.push(vector.reshape([-1, 1, width]));
    start += length;
    f += 1;
  }
  return parts.length === 1 ? parts[0]! : np.concatenate(parts, 1);
}

/** One vector [batch, width] of a feature's values [batch, length, width]. */
function pool(values: np.Array, inputs: ForwardInputs, { name, pooling }: CategoricalFeature) {
  // Padding rows of a table are zeros, so a plain sum leaves them out.
  const sum = np.sum(values, 1);
  if (pooling === "sum") return sum;
  const count = np.maximum(1, np.sum(presentOf(inputs, name), 1));
  return sum.mul(np.reciprocal(count).reshape([-1, 1]));
}
