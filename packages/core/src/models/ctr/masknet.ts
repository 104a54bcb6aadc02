import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { arrayOf, layerNorm, linear, mlp, relu, type Arrays } from "../../nn/index.ts";
import { ones, zeros, type ParameterSpec } from "../../tensor/index.ts";
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

const widths = z.array(z.number().int().positive());

const config = z.strictObject({
  kind: z.literal("masknet"),
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  structure: z
    .enum(["serial", "parallel"])
    .default("parallel")
    .describe("serial: each block reads the one before; parallel: all read the embeddings"),
  blocks: widths.min(1).default([64, 64, 64]).describe("width of each mask block's output"),
  aggregation: z
    .number()
    .positive()
    .default(1)
    .describe("units between the two layers that make a mask, as a multiple of its length"),
  hidden: widths
    .default([64, 32])
    .describe("widths of a tower on the blocks; [] for none, as in the paper's serial form"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in the tower"),
  dropout: dropoutRate,
  embeddingStd,
});

export type MaskNetConfig = z.infer<typeof config>;

/**
 * Masks that each example makes for itself multiply the embeddings and hidden layers.
 *
 *   block(h) = relu(LN((m * h) W)),   m = relu(x A + a) C + c,   x = [v_1, ..., v_F, x_numeric]
 *   h_0 = [LN(v_1), ..., LN(v_F), x_numeric]
 *   serial:    y = block_n(... block_1(h_0))
 *   parallel:  y = [block_1(h_0), ..., block_n(h_0)]
 *   logit = w tower(y) + b
 *
 * Wang, She and Zhang 2021, figures 2 and 3. Every mask sees the plain x. Numeric features, which the
 * paper embeds, are masked but not normalised: the norm of x_j v_j would only keep the sign of x_j.
 */
export const masknet = {
  config,
  summary: "instance-guided masks on embeddings and hidden layers (Wang et al. 2021)",
  build: (settings, schema) => {
    checkAnyFeature("masknet", schema);
    const { width, structure, blocks: sizes, hidden, batchNorm, dropout } = settings;
    const numFields = schema.categorical.length;
    const serial = structure === "serial";
    const size = deepInputSize(schema, width);
    const norms = fieldNorms("norm", [numFields, width]);
    const blocks = sizes.map((outputs, i) => {
      const inputs = serial ? (sizes[i - 1] ?? size) : size;
      const inner = Math.max(1, Math.round(settings.aggregation * inputs));
      return maskBlock(`block/${i}`, { guide: size, inner, inputs, outputs });
    });
    const tower = mlp("tower", {
      inputs: serial ? sizes.at(-1)! : sizes.reduce((sum, outputs) => sum + outputs, 0),
      hidden,
      batchNorm,
      dropout,
    });
    const head = logitHead("head", { inputs: tower.outputs });

    /** h_0, [batch, size]. */
    function normalised(inputs: ForwardInputs): np.Array {
      const parts = inputs.numeric === undefined ? [] : [inputs.numeric];
      if (numFields > 0) {
        const v = fieldVectors(inputs, schema, { embedding: "deep" });
        parts.unshift(norms.forward(inputs.parameters, v).reshape([-1, numFields * width]));
      }
      return parts.length === 1 ? parts[0]! : np.concatenate(parts, 1);
    }

    return {
      kind: "masknet",
      parameters: [
        ...(numFields > 0 ? norms.parameters : []),
        ...blocks.flatMap((block) => block.parameters),
        ...tower.parameters,
        ...head.parameters,
      ],
      state: tower.state,
      dropout: tower.masks,
      embeddings: embedAll("deep", schema, { width, std: settings.embeddingStd }),
      forward: (inputs) => {
        const { parameters } = inputs;
        const guide = deepInput(inputs, schema, "deep");
        let h = normalised(inputs);
        if (serial) for (const block of blocks) h = block.forward(parameters, guide, h);
        else
          h = np.concatenate(
            blocks.map((block) => block.forward(parameters, guide, h)),
            1,
          );
        const deep = tower.forward(inputs, h);
        return { logits: head.forward(parameters, deep.x).reshape([-1]), state: deep.state };
      },
    };
  },
} as const satisfies ModelDefinition<MaskNetConfig>;

interface MaskBlockOptions {
  /** Entries of the vector that makes the mask. */
  readonly guide: number;
  readonly inner: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** One mask block. Names: `<name>/aggregate`, `project`, `hidden`, each a `linear`, and `<name>/norm`. */
function maskBlock(name: string, { guide, inner, inputs, outputs }: MaskBlockOptions) {
  const aggregate = linear(`${name}/aggregate`, { inputs: guide, outputs: inner });
  const project = linear(`${name}/project`, { inputs: inner, outputs: inputs });
  const map = linear(`${name}/hidden`, { inputs, outputs, bias: false });
  const norm = layerNorm(`${name}/norm`, outputs);
  return {
    parameters: [aggregate, project, map, norm].flatMap((layer) => layer.parameters),
    forward: (parameters: Arrays, x: np.Array, h: np.Array): np.Array => {
      const mask = project.forward(parameters, relu(aggregate.forward(parameters, x)));
      return relu(norm.forward(parameters, map.forward(parameters, mask.mul(h))));
    },
  };
}

/** Layer normalisation of every feature's vector, each with a scale and shift of its own, [fields, width]. */
function fieldNorms(name: string, shape: readonly [fields: number, width: number]) {
  const spec = (part: string, init: ParameterSpec["init"]): ParameterSpec => ({
    name: `${name}/${part}`,
    shape,
    role: "normalisation",
    init,
  });
  const [scale, shift] = [spec("scale", ones), spec("shift", zeros)];
  return {
    parameters: [scale, shift],
    forward: (parameters: Arrays, v: np.Array): np.Array => {
      const centred = v.sub(np.mean(v, -1, { keepdims: true }));
      const variance = np.mean(np.square(centred), -1, { keepdims: true });
      return centred
        .mul(np.reciprocal(np.sqrt(variance.add(1e-5))))
        .mul(arrayOf(parameters, scale.name))
        .add(arrayOf(parameters, shift.name));
    },
  };
}
