import { numpy as np } from "@jax-js/jax";
import type { FeatureSchema } from "../../../data/index.ts";
import type { EmbeddingSpec } from "../../../embedding/index.ts";
import { fieldVectors, type ForwardInputs, type Model } from "../../../models/index.ts";
import { normalInit, zeros } from "../../../tensor/index.ts";

/** Which features condition a head: codes of items and of users that all parties understand alike. */
export interface HeadCodes {
  readonly item: readonly string[];
  readonly user: readonly string[];
}

const AFFINE = "code-head";
const USER = "code-head-user";
const ITEM = "code-head-item";

/** Entries of the vectors whose product ties user and item codes. */
const PRODUCT_WIDTH = 8;
/** Spread of the user side, which the item side needs to learn at all; the product still starts at 0. */
const PRODUCT_STD = 0.1;

/** Whether an embedding is the head's own. */
export function isOfCodeHead(embedding: string): boolean {
  return [AFFINE, USER, ITEM].includes(embedding);
}

/**
 * A model whose log-odds codes condition:
 *
 *   logit' = (1 + s) logit + b + <p, q>
 *   s = sum_f s_f[code],  b = sum_f b_f[code]          over all the codes
 *   p = sum_f p_f[code],  q = sum_f q_f[code]          over user codes, and over item codes
 *
 * s, b and q start at 0, so that the model starts as it was. The embedding `code-head` of width 2 holds
 * (s, b), `code-head-user` p and `code-head-item` q; without codes of both kinds there is no product. All
 * tasks of a model of several are conditioned alike. Without codes the model stays as it is.
 */
export function withCodeHead(
  model: Model,
  schema: FeatureSchema,
  { item, user }: HeadCodes,
): Model {
  const features = [...item, ...user];
  if (features.length === 0) return model;
  const hasProduct = item.length > 0 && user.length > 0;
  const product: EmbeddingSpec[] = hasProduct
    ? [
        { name: USER, features: user, width: PRODUCT_WIDTH, init: normalInit(PRODUCT_STD) },
        { name: ITEM, features: item, width: PRODUCT_WIDTH, init: zeros },
      ]
    : [];
  const sumOf = (inputs: ForwardInputs, embedding: string, listed: readonly string[]) =>
    np.sum(fieldVectors(inputs, schema, { embedding, features: listed }), 1);
  return {
    ...model,
    embeddings: [
      ...model.embeddings,
      { name: AFFINE, features, width: 2, init: zeros },
      ...product,
    ],
    forward: (inputs) => {
      const outputs = model.forward(inputs);
      const affine = sumOf(inputs, AFFINE, features);
      let shift = affine.slice([], [1, 2]);
      if (hasProduct) {
        const tied = sumOf(inputs, USER, user).mul(sumOf(inputs, ITEM, item));
        shift = shift.add(np.sum(tied, 1, { keepdims: true }));
      }
      // [batch, tasks], of one task [batch, 1].
      const { shape } = outputs.logits;
      const logits = outputs.logits.reshape([shape[0]!, -1]);
      const conditioned = logits.add(logits.mul(affine.slice([], [0, 1]))).add(shift);
      return { ...outputs, logits: conditioned.reshape(shape) };
    },
  };
}
