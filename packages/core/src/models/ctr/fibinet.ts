import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import type { FeatureSchema } from "../../data/schema.ts";
import { AtollError } from "../../errors/index.ts";
import { linear, mlp, relu, type Arrays } from "../../nn/index.ts";
import { fieldVectors } from "../fields.ts";
import type { ModelDefinition } from "../types.ts";
import { dropoutRate, embedAll, embeddingStd, embeddingWidth, hiddenSizes } from "./features.ts";
import { firstOrder } from "./first-order.ts";
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("fibinet"),
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  bilinear: z
    .enum(["all", "each", "interaction"])
    .default("interaction")
    .describe("one matrix for all pairs, one for each first feature, or one for each pair"),
  reduction: z
    .number()
    .positive()
    .default(3)
    .describe("the importance of features is squeezed through this many times fewer units"),
  hidden: hiddenSizes.default([64, 32]).describe("widths of the tower's layers"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the tower"),
  dropout: dropoutRate,
  embeddingStd,
});

export type FibinetConfig = z.infer<typeof config>;

/**
 * Feature importance and bilinear interaction.
 *
 *   a = relu(relu(z S_1) S_2),  z_f = mean of v_f;     u_f = a_f v_f         (SENET)
 *   p_fg = (v_f W_fg) * v_g,    q_fg = (u_f U_fg) * u_g,   f < g             (bilinear)
 *   logit = first order + w tower([p, q, x_numeric]) + b
 *
 * Huang et al. 2019, figure 1, whose two bilinear layers each have their own matrices. Numeric features
 * enter the first order and, as they are, the tower.
 */
export const fibinet = {
  config,
  summary: "SENET feature importance and bilinear interaction (Huang et al. 2019)",
  build: (settings, schema) => {
    checkPairs(schema);
    const { width, hidden, batchNorm, dropout } = settings;
    const numFields = schema.categorical.length;
    const numPairs = (numFields * (numFields - 1)) / 2;
    const wide = firstOrder(schema);
    const squeezed = Math.max(1, Math.floor(numFields / settings.reduction));
    const squeeze = linear("senet/squeeze", { inputs: numFields, outputs: squeezed, bias: false });
    const excite = linear("senet/excite", { inputs: squeezed, outputs: numFields, bias: false });
    const [raw, weighted] = ["raw", "weighted"].map((name) =>
      bilinear(name, { fields: numFields, width, type: settings.bilinear }),
    ) as [Bilinear, Bilinear];
    const tower = mlp("tower", {
      inputs: 2 * numPairs * width + schema.numeric.length,
      hidden,
      batchNorm,
      dropout,
    });
    const head = logitHead("head", { inputs: tower.outputs, bias: false });
    return {
      kind: "fibinet",
      parameters: [wide, squeeze, excite, raw, weighted, tower, head].flatMap(
        (part) => part.parameters,
      ),
      state: tower.state,
      dropout: tower.masks,
      embeddings: [
        ...wide.embeddings,
        ...embedAll("deep", schema, { width, std: settings.embeddingStd }),
      ],
      forward: (inputs) => {
        const { parameters, numeric } = inputs;
        const v = fieldVectors(inputs, schema, { embedding: "deep" });
        const hiddenImportance = relu(squeeze.forward(parameters, np.mean(v, 2)));
        const importance = relu(excite.forward(parameters, hiddenImportance));
        const u = v.mul(np.expandDims(importance, 2));
        const crosses = [raw.forward(parameters, v), weighted.forward(parameters, u)];
        const all = np.concatenate(numeric === undefined ? crosses : [...crosses, numeric], 1);
        const deep = tower.forward(inputs, all);
        const logits = head.forward(parameters, deep.x).reshape([-1]);
        return { logits: logits.add(wide.forward(inputs)), state: deep.state };
      },
    };
  },
} as const satisfies ModelDefinition<FibinetConfig>;

function checkPairs(schema: FeatureSchema): void {
  if (schema.categorical.length > 1) return;
  const names = schema.categorical.map((feature) => feature.name);
  throw new AtollError(
    "MODEL_NEEDS_FEATURE",
    `model "fibinet" multiplies pairs of categorical features, the data have ${names.length} ` +
      `(${names.join(", ") || "none"}); name two or more under data.columns, or choose another model`,
  );
}

interface BilinearOptions {
  readonly fields: number;
  readonly width: number;
  readonly type: FibinetConfig["bilinear"];
}

interface Bilinear {
  readonly parameters: ReturnType<typeof linear>["parameters"];
  /** [batch, fields, width] to [batch, pairs * width]. */
  readonly forward: (parameters: Arrays, v: np.Array) => np.Array;
}

/**
 * (v_f W) * v_g for all pairs f < g, ordered by f, then g. Names: `<name>/weight` [width, width]; or for
 * each first feature f `<name>/<f>/weight`, [width, width], or with the matrices of its pairs side by side
 * [width, pairs * width].
 */
function bilinear(name: string, { fields, width, type }: BilinearOptions): Bilinear {
  const first = Array.from({ length: fields - 1 }, (_, f) => f);
  const maps =
    type === "all"
      ? [linear(name, { inputs: width, outputs: width, bias: false })]
      : first.map((f) => {
          const outputs = type === "each" ? width : (fields - 1 - f) * width;
          return linear(`${name}/${f}`, { inputs: width, outputs, bias: false });
        });
  return {
    parameters: maps.flatMap((map) => map.parameters),
    forward: (parameters, v) => {
      const batch = v.shape[0]!;
      let rest = v;
      const products = first.map((f) => {
        // The gradient of a split is a concatenation; slices of v would each be padded to its size.
        const [own, later] = np.split(rest, [1], 1) as [np.Array, np.Array];
        rest = later;
        const map = maps[f] ?? maps[0]!;
        const left = map.forward(parameters, own.reshape([batch, width]));
        return left.reshape([batch, -1, width]).mul(later).reshape([batch, -1]);
      });
      return np.concatenate(products, 1);
    },
  };
}
