import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { arrayOf, linear, mlp, relu, type Arrays } from "../../nn/index.ts";
import { normalInit, type ParameterSpec } from "../../tensor/index.ts";
import { fieldVectors } from "../fields.ts";
import type { ForwardInputs, ModelDefinition } from "../types.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  dropoutRate,
  embedAll,
  embeddingStd,
  embeddingWidth,
} from "./features.ts";
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("autoint"),
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  layers: z
    .number()
    .int()
    .positive()
    .default(3)
    .describe("attention layers: orders of interaction"),
  heads: z.number().int().positive().default(2).describe("kinds of interaction that a layer sees"),
  headWidth: z.number().int().positive().default(16).describe("entries of a head's vectors"),
  hidden: z
    .array(z.number().int().positive())
    .default([])
    .describe("widths of a tower beside the attention (AutoInt+); none: attention alone"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the tower"),
  dropout: dropoutRate,
  embeddingStd,
});

export type AutoIntConfig = z.infer<typeof config>;

/**
 * Automatic feature interaction: self-attention over the features, each a vector e_m.
 *
 *   a_mk = softmax_k <Q_h e_m, K_h e_k>,   e_m <- relu([sum_k a_mk V_h e_k over heads h] + R e_m)
 *   logit = w [e_1, ..., e_M] + b,   with a tower: + u tower([v_1, ..., v_F, x_numeric])
 *
 * Song et al. 2019, equations 4 to 10. The scores are not divided by the root of the width, and a numeric
 * feature enters the attention as e_j = x_j v_j with a learned v_j.
 */
export const autoint = {
  config,
  summary: "self-attention over features (Song et al. 2019)",
  build: (settings, schema) => {
    checkAnyFeature("autoint", schema);
    const { width, layers, heads, headWidth, hidden, batchNorm, dropout } = settings;
    const numNumeric = schema.numeric.length;
    const numFields = schema.categorical.length + numNumeric;
    const outputs = heads * headWidth;
    const numericVectors: ParameterSpec = {
      name: "numeric/vectors",
      shape: [numNumeric, width],
      role: "weight",
      init: normalInit(settings.embeddingStd),
    };
    const attention = Array.from({ length: layers }, (_, l) =>
      interacting(`attention/${l}`, { inputs: l === 0 ? width : outputs, heads, headWidth }),
    );
    const head = logitHead("head", { inputs: numFields * outputs });
    const tower = mlp("tower", {
      inputs: deepInputSize(schema, width),
      hidden,
      batchNorm,
      dropout,
    });
    const towerHead = logitHead("towerHead", { inputs: tower.outputs, bias: false });
    const besides = hidden.length === 0 ? [] : [...tower.parameters, ...towerHead.parameters];

    /** e_1, ..., e_M, [batch, fields, width]. */
    function fields(inputs: ForwardInputs): np.Array {
      const parts: np.Array[] = [];
      if (schema.categorical.length > 0)
        parts.push(fieldVectors(inputs, schema, { embedding: "deep" }));
      if (inputs.numeric !== undefined)
        parts.push(
          np
            .expandDims(inputs.numeric, 2)
            .mul(np.expandDims(arrayOf(inputs.parameters, numericVectors.name), 0)),
        );
      return parts.length === 1 ? parts[0]! : np.concatenate(parts, 1);
    }

    return {
      kind: "autoint",
      parameters: [
        ...(numNumeric > 0 ? [numericVectors] : []),
        ...attention.flatMap((layer) => layer.parameters),
        ...head.parameters,
        ...besides,
      ],
      state: tower.state,
      dropout: tower.masks,
      embeddings: embedAll("deep", schema, { width, std: settings.embeddingStd }),
      forward: (inputs) => {
        let e = fields(inputs);
        for (const layer of attention) e = layer.forward(inputs.parameters, e);
        const logits = head
          .forward(inputs.parameters, e.reshape([-1, numFields * outputs]))
          .reshape([-1]);
        if (hidden.length === 0) return { logits, state: {} };
        const deep = tower.forward(inputs, deepInput(inputs, schema, "deep"));
        const more = towerHead.forward(inputs.parameters, deep.x).reshape([-1]);
        return { logits: logits.add(more), state: deep.state };
      },
    };
  },
} as const satisfies ModelDefinition<AutoIntConfig>;

interface InteractingOptions {
  readonly inputs: number;
  readonly heads: number;
  readonly headWidth: number;
}

/**
 * One interacting layer, [batch, fields, inputs] to [batch, fields, heads * headWidth]. Names:
 * `<name>/queries`, `keys`, `values`, `residual`, each a `linear` without bias.
 */
function interacting(name: string, { inputs, heads, headWidth }: InteractingOptions) {
  const outputs = heads * headWidth;
  const map = (part: string) => linear(`${name}/${part}`, { inputs, outputs, bias: false });
  const [queries, keys, values, residual] = [
    map("queries"),
    map("keys"),
    map("values"),
    map("residual"),
  ];
  return {
    parameters: [queries, keys, values, residual].flatMap((layer) => layer.parameters),
    forward: (parameters: Arrays, e: np.Array): np.Array => {
      const [batch, fields] = e.shape as [number, number];
      const [q, k, v] = [queries, keys, values].map((layer) => {
        const byHead = layer.forward(parameters, e).reshape([batch, fields, heads, headWidth]);
        return np.transpose(byHead, [0, 2, 1, 3]);
      }) as [np.Array, np.Array, np.Array];
      const shares = jaxNn.softmax(np.matmul(q, np.transpose(k, [0, 1, 3, 2])), -1);
      const mixed = np.transpose(np.matmul(shares, v), [0, 2, 1, 3]);
      return relu(mixed.reshape([batch, fields, outputs]).add(residual.forward(parameters, e)));
    },
  };
}
