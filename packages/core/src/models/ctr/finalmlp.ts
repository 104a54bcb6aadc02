import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import type { FeatureSchema } from "../../data/schema.ts";
import type { EmbeddingSpec } from "../../embedding/index.ts";
import { AtollError } from "../../errors/index.ts";
import { arrayOf, linear, mlp, type Arrays, sigmoid } from "../../nn/index.ts";
import { linearDefault, normalInit, zeros, type ParameterSpec } from "../../tensor/index.ts";
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
  hiddenSizes,
} from "./features.ts";
import { HEAD, logitHead } from "./head.ts";

const context = z.array(z.string()).default([]);

const gates = z.strictObject({
  first: context.describe(
    "categorical features that the first stream's gate reads; none: a learned vector",
  ),
  second: context.describe("the same of the second stream"),
  hidden: hiddenSizes.default([64]).describe("widths of a gate's layers"),
});

const config = z
  .strictObject({
    kind: z.literal("finalmlp"),
    width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
    first: hiddenSizes.default([64, 32]).describe("widths of the first stream's layers"),
    second: hiddenSizes.default([64, 32]).describe("widths of the second stream's layers"),
    heads: z
      .number()
      .int()
      .positive()
      .default(1)
      .describe("parts in which the streams are multiplied; divides both last widths"),
    gates: gates.optional().describe("gates that choose each stream's features; absent: none"),
    batchNorm: z.boolean().default(false).describe("batch normalisation in the streams"),
    dropout: dropoutRate,
    embeddingStd,
  })
  .refine(
    ({ first, second, heads }) => first.at(-1)! % heads === 0 && second.at(-1)! % heads === 0,
    { path: ["heads"], message: "must divide the last width of both streams" },
  );

export type FinalMlpConfig = z.infer<typeof config>;

/**
 * Two towers and the products of what they end in.
 *
 *   s = tower_1(g_1 * x),  t = tower_2(g_2 * x),   x = [v_1, ..., v_F, x_numeric]
 *   logit = w_1 s + w_2 t + sum_h s_h W_h t_h + b,   s_h and t_h the h-th parts of s and t
 *   gates: g_i = 2 sigmoid(tower_gi(c_i)), c_i the context's own embeddings; otherwise g_i = 1
 *
 * Mao et al. 2023, equations 5 to 11. A gate without context reads a learned vector and so chooses the
 * same features for every example. Numeric features enter x as they are.
 */
export const finalmlp = {
  config,
  summary: "two gated towers fused by bilinear products (Mao et al. 2023)",
  build: (settings, schema) => {
    checkAnyFeature("finalmlp", schema);
    const { width, heads, batchNorm, dropout, embeddingStd: std } = settings;
    const size = deepInputSize(schema, width);
    const streams = (["first", "second"] as const).map((name) => ({
      gate:
        settings.gates &&
        featureGate(`${name}Gate`, schema, {
          context: settings.gates[name],
          hidden: settings.gates.hidden,
          outputs: size,
          width,
          std,
        }),
      tower: mlp(name, { inputs: size, hidden: settings[name], batchNorm, dropout }),
    }));
    const [s, t] = streams.map(({ tower }) => tower.outputs) as [number, number];
    const head = logitHead("head", { inputs: s + t });
    const fusion: ParameterSpec = {
      name: "fusion/weight",
      shape: [heads, s / heads, t / heads],
      role: "weight",
      part: HEAD,
      init: linearDefault(s / heads),
    };
    return {
      kind: "finalmlp",
      parameters: [
        ...streams.flatMap(({ gate, tower }) => [...(gate?.parameters ?? []), ...tower.parameters]),
        ...head.parameters,
        fusion,
      ],
      state: streams.flatMap(({ tower }) => tower.state),
      dropout: streams.flatMap(({ tower }) => tower.masks),
      embeddings: [
        ...embedAll("deep", schema, { width, std }),
        ...streams.flatMap(({ gate }) => gate?.embeddings ?? []),
      ],
      forward: (inputs) => {
        const x = deepInput(inputs, schema, "deep");
        const [first, second] = streams.map(({ gate, tower }) =>
          tower.forward(inputs, gate === undefined ? x : x.mul(gate.forward(inputs))),
        ) as [Stream, Stream];
        const both = np.concatenate([first.x, second.x], 1);
        const products = np.einsum(
          "bhi,hij,bhj->b",
          first.x.reshape([-1, heads, s / heads]),
          arrayOf(inputs.parameters, fusion.name),
          second.x.reshape([-1, heads, t / heads]),
        );
        return {
          logits: head.forward(inputs.parameters, both).reshape([-1]).add(products),
          state: { ...first.state, ...second.state },
        };
      },
    };
  },
} as const satisfies ModelDefinition<FinalMlpConfig>;

interface Stream {
  readonly x: np.Array;
  readonly state: Arrays;
}

interface FeatureGateOptions {
  readonly context: readonly string[];
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly width: number;
  readonly std: number;
}

/** 2 sigmoid(tower(c)), [batch, outputs], or [1, outputs] where c is the learned vector `<name>/context`. */
function featureGate(name: string, schema: FeatureSchema, options: FeatureGateOptions) {
  const { context, hidden, outputs, width, std } = options;
  checkContext(context, schema);
  const alone = context.length === 0;
  const size = alone ? width : context.length * width;
  const learned: ParameterSpec = {
    name: `${name}/context`,
    shape: [1, width],
    role: "weight",
    init: zeros,
  };
  const tower = mlp(`${name}/tower`, { inputs: size, hidden });
  const out = linear(`${name}/out`, { inputs: tower.outputs, outputs });
  const embeddings: EmbeddingSpec[] = alone
    ? []
    : [{ name, features: context, width, init: normalInit(std) }];
  return {
    parameters: [...(alone ? [learned] : []), ...tower.parameters, ...out.parameters],
    embeddings,
    forward: (inputs: ForwardInputs): np.Array => {
      const c = alone
        ? arrayOf(inputs.parameters, learned.name)
        : fieldVectors(inputs, schema, { embedding: name, features: context }).reshape([-1, size]);
      const { x } = tower.forward(inputs, c);
      return sigmoid(out.forward(inputs.parameters, x)).mul(2);
    },
  };
}

function checkContext(context: readonly string[], schema: FeatureSchema): void {
  const names = schema.categorical.map((feature) => feature.name);
  const missing = context.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw new AtollError(
    "MODEL_NEEDS_FEATURE",
    `model "finalmlp" gates a stream by ${missing.join(" and ")}, the data have no such categorical ` +
      `feature (there are: ${names.join(", ") || "none"}); name one of these under gates`,
  );
}
