import { numpy as np } from "@jax-js/jax";
import { arrayOf, relu, type Arrays } from "../../nn/index.ts";
import { linearDefault, zeros, type ParameterSpec } from "../../tensor/index.ts";
import type { CandidateHead } from "./types.ts";

/** logit = <query, vector>. Programs rely on it: they need not make the vectors of all candidates. */
export const productHead: CandidateHead = {
  kind: "product",
  queryWidth: ({ width }) => width,
  parameters: () => [],
  all: (_, __, queries, vectors) => np.matmul(queries, np.transpose(vectors, [0, 2, 1])),
  each: (_, __, queries, vectors) => np.sum(queries.mul(vectors), -1),
};

/**
 * A tower for every domain on states h, the candidate's vector e and their product.
 *
 *   logit = w relu(h W_states + e W_item + (h_1 e) W_product + b) + c
 *
 * The query is h, of `states` states, and one more for the user's profile where there are profiles; h_1 is the
 * first: MLP([h_X; h_M; e; h_X e]) of FedCCTR-LM (arXiv 2503.16875), with one hidden layer of the width of a
 * state.
 */
export function mlpHead(states: number): CandidateHead {
  const queryWidth: CandidateHead["queryWidth"] = ({ width, profileWidth }) =>
    (states + (profileWidth > 0 ? 1 : 0)) * width;
  const part = (parameters: Arrays, domain: number, name: string) =>
    arrayOf(parameters, `head${domain}/${name}`);
  return {
    kind: "mlp",
    queryWidth,
    parameters: (sizes) =>
      Array.from({ length: sizes.domains }, (_, x) => {
        const { width } = sizes;
        const ofStates = queryWidth(sizes);
        const spec = (name: string, shape: readonly number[], fanIn: number): ParameterSpec => ({
          name: `head${x}/${name}`,
          shape,
          role: "weight",
          init: linearDefault(fanIn),
        });
        const fan = ofStates + 2 * width;
        return [
          spec("states", [ofStates, width], fan),
          spec("item", [width, width], fan),
          spec("product", [width, width], fan),
          spec("bias", [width], fan),
          spec("out", [width, 1], width),
          { ...spec("outBias", [1], width), init: zeros },
        ];
      }).flat(),
    all: (parameters, domain, queries, vectors) => {
      const [users, targets] = queries.shape as [number, number];
      const [, candidates, width] = vectors.shape as [number, number, number];
      const of = (name: string) => part(parameters, domain, name);
      const first = queries.slice([], [], [0, width]);
      const scaled = first
        .reshape([users, targets, 1, width])
        .mul(np.transpose(of("product")))
        .reshape([users, targets * width, width]);
      const turned = np.transpose(vectors, [0, 2, 1]);
      const products = np.matmul(scaled, turned).reshape([users, targets, width, candidates]);
      const ofStates = np.matmul(queries, of("states")).add(of("bias"));
      const ofItems = np.transpose(np.matmul(vectors, of("item")), [0, 2, 1]);
      const hidden = relu(
        products
          .add(ofStates.reshape([users, targets, width, 1]))
          .add(ofItems.reshape([users, 1, width, candidates])),
      );
      const out = np.matmul(np.transpose(of("out")), hidden);
      return out.reshape([users, targets, candidates]).add(of("outBias"));
    },
    each: (parameters, domain, queries, vectors) => {
      const [users, targets, width] = vectors.shape as [number, number, number];
      const of = (name: string) => part(parameters, domain, name);
      const first = queries.slice([], [], [0, width]);
      const hidden = relu(
        np
          .matmul(queries, of("states"))
          .add(np.matmul(vectors, of("item")))
          .add(np.matmul(first.mul(vectors), of("product")))
          .add(of("bias")),
      );
      return np.matmul(hidden, of("out")).reshape([users, targets]).add(of("outBias"));
    },
  };
}
