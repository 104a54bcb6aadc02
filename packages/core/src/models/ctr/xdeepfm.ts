import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { arrayOf, mlp, type Arrays } from "../../nn/index.ts";
import { linearDefault, type ParameterSpec } from "../../tensor/index.ts";
import { fieldVectors } from "../fields.ts";
import type { ModelDefinition } from "../types.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  dropoutRate,
  embedAll,
  embeddingStd,
  embeddingWidth,
  hiddenSizes,
} from "./features.ts";
import { firstOrder } from "./first-order.ts";
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("xdeepfm"),
  width: embeddingWidth
    .default(16)
    .describe("entries of each feature's embedding, shared by all parts"),
  cin: z
    .array(z.number().int().min(2))
    .min(1)
    .default([32, 32])
    .describe("feature maps of each layer of the compressed interaction network"),
  splitHalf: z
    .boolean()
    .default(true)
    .describe("one half of a layer's maps is read by the next layer, the other by the output"),
  hidden: hiddenSizes.default([64, 32]).describe("widths of the deep part's layers"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the deep part"),
  dropout: dropoutRate,
  embeddingStd,
});

export type XDeepFmConfig = z.infer<typeof config>;

/**
 * xDeepFM: a linear model, a compressed interaction network (CIN) and a tower over the same embeddings.
 *
 *   logit = b + sum_f w_f + sum_j u_j x_j + w_c CIN(v_1, ..., v_F) + w_d tower([v_1, ..., v_F, x_numeric])
 *
 * Lian et al. 2018, figure 5. Numeric features enter the linear part and, as they are, the
 * tower.
 */
export const xdeepfm = {
  config,
  summary: "compressed interaction network beside linear model and tower (Lian et al. 2018)",
  build: (settings, schema) => {
    checkAnyFeature("xdeepfm", schema);
    const { width, cin: maps, splitHalf, hidden, batchNorm, dropout } = settings;
    const wide = firstOrder(schema);
    const factors = embedAll("factors", schema, { width, std: settings.embeddingStd });
    const fields = schema.categorical.length;
    const cin = fields === 0 ? undefined : interactions("cin", { fields, maps, splitHalf });
    const cinHead = cin && logitHead("cin/head", { inputs: cin.outputs, bias: false });
    const inputs = deepInputSize(schema, width);
    const tower = mlp("tower", { inputs, hidden, batchNorm, dropout });
    const head = logitHead("head", { inputs: tower.outputs, bias: false });
    return {
      kind: "xdeepfm",
      parameters: [
        ...wide.parameters,
        ...(cin?.parameters ?? []),
        ...(cinHead?.parameters ?? []),
        ...tower.parameters,
        ...head.parameters,
      ],
      state: tower.state,
      dropout: tower.masks,
      embeddings: [...wide.embeddings, ...factors],
      forward: (inputs) => {
        const deep = tower.forward(inputs, deepInput(inputs, schema, "factors"));
        let logits = head.forward(inputs.parameters, deep.x).reshape([-1]);
        logits = logits.add(wide.forward(inputs));
        if (cin !== undefined && cinHead !== undefined) {
          const v = fieldVectors(inputs, schema, { embedding: "factors" });
          const pooled = cin.forward(inputs.parameters, v);
          logits = logits.add(cinHead.forward(inputs.parameters, pooled).reshape([-1]));
        }
        return { logits, state: deep.state };
      },
    };
  },
} as const satisfies ModelDefinition<XDeepFmConfig>;

interface CinOptions {
  readonly fields: number;
  /** Feature maps of each layer. */
  readonly maps: readonly number[];
  readonly splitHalf: boolean;
}

interface Cin {
  readonly parameters: readonly ParameterSpec[];
  readonly outputs: number;
  /** [batch, fields, width] to [batch, outputs]. */
  readonly forward: (parameters: Arrays, v: np.Array) => np.Array;
}

/**
 * The compressed interaction network: layer k holds products of k + 1 features, entry by entry d.
 *
 *   x^k_{h,d} = sum_{i,j} W^k_{(i,j),h} x^{k-1}_{i,d} v_{j,d},   x^0 = v,   out = [sum_d x^k_{h,d}]_{k,h}
 *
 * Lian et al. 2018, section 3.1; no activation, which their experiments find best. With `splitHalf`, as in
 * the authors' code, the first half of a layer's maps goes to the next layer only and the rest to the output
 * only; the last layer is for the output alone. Names: `<name>/<k>/weight` [maps before * fields, maps].
 */
function interactions(name: string, { fields, maps, splitHalf }: CinOptions): Cin {
  const last = maps.length - 1;
  /** How many maps of a layer the next one reads. */
  const onward = maps.map((count, k) => {
    if (k === last) return 0;
    return splitHalf ? Math.ceil(count / 2) : count;
  });
  const pooledFrom = maps.map((_, k) => (splitHalf && k < last ? onward[k]! : 0));
  const parameters = maps.map((count, k): ParameterSpec => {
    const inputs = (onward[k - 1] ?? fields) * fields;
    return {
      name: `${name}/${k}/weight`,
      shape: [inputs, count],
      role: "weight",
      init: linearDefault(inputs),
    };
  });
  return {
    parameters,
    outputs: maps.reduce((sum, count, k) => sum + count - pooledFrom[k]!, 0),
    forward: (values, v) => {
      const [batch, , width] = v.shape as [number, number, number];
      const base = np.transpose(v, [0, 2, 1]);
      const out: np.Array[] = [];
      let x = base; // [batch, width, maps]
      for (const [k, count] of maps.entries()) {
        const weight = arrayOf(values, parameters[k]!.name);
        const before = x.shape[2]!;
        if (k === last) {
          // Only its sum over d is asked for, and the layer is linear: sum the products first.
          const products = np.matmul(np.transpose(x, [0, 2, 1]), base);
          out.push(np.matmul(products.reshape([batch, before * fields]), weight));
          break;
        }
        const products = x
          .reshape([batch, width, before, 1])
          .mul(base.reshape([batch, width, 1, fields]));
        const next = np.matmul(products.reshape([batch * width, before * fields]), weight);
        x = next.reshape([batch, width, count]);
        out.push(np.sum(x.slice([], [], [pooledFrom[k]!, count]), 1));
        x = x.slice([], [], [0, onward[k]!]);
      }
      return out.length === 1 ? out[0]! : np.concatenate(out, 1);
    },
  };
}
