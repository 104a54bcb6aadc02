import { numpy as np } from "@jax-js/jax";
import type { FeatureSchema } from "../../data/schema.ts";
import { arrayOf } from "../../nn/index.ts";
import { zeros, type ParameterSpec } from "../../tensor/index.ts";
import type { EmbeddingSpec } from "../../embedding/index.ts";
import { fieldVectors } from "../fields.ts";
import type { ForwardInputs } from "../types.ts";

/** The linear part of a model. */
export interface FirstOrder {
  readonly parameters: readonly ParameterSpec[];
  readonly embeddings: readonly EmbeddingSpec[];
  /** [batch] */
  readonly forward: (inputs: ForwardInputs) => np.Array;
}

/**
 * b + sum_f w_f[value of f] + sum_j u_j x_j: one weight per value of every categorical feature (the
 * embedding `wide` of width 1), one per numeric feature (`wide/weight`), and a bias. All start at 0, for
 * the linear part is convex: it needs no symmetry broken.
 */
export function firstOrder(schema: FeatureSchema): FirstOrder {
  const numCategorical = schema.categorical.length;
  const numNumeric = schema.numeric.length;
  const parameters: ParameterSpec[] = [];
  if (numNumeric > 0)
    parameters.push({ name: "wide/weight", shape: [numNumeric, 1], role: "weight", init: zeros });
  parameters.push({ name: "wide/bias", shape: [1], role: "weight", init: zeros });
  const features = schema.categorical.map((feature) => feature.name);
  return {
    parameters,
    embeddings: numCategorical === 0 ? [] : [{ name: "wide", features, width: 1, init: zeros }],
    forward: (inputs) => {
      let logits = arrayOf(inputs.parameters, "wide/bias");
      if (numCategorical > 0)
        logits = logits.add(np.sum(fieldVectors(inputs, schema, { embedding: "wide" }), [1, 2]));
      if (numNumeric > 0 && inputs.numeric !== undefined) {
        const product = np.matmul(inputs.numeric, arrayOf(inputs.parameters, "wide/weight"));
        logits = logits.add(product.reshape([-1]));
      }
      return logits;
    },
  };
}
