import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { tasksOf } from "../../data/schema.ts";
import { linear, mlp, sigmoid, type Arrays } from "../../nn/index.ts";
import type { ParameterSpec } from "../../tensor/index.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  embedAll,
  hiddenSizes,
} from "../ctr/features.ts";
import type { ModelDefinition } from "../types.ts";
import { sideBySide, taskFields, taskTowers } from "./tasks.ts";

const config = z.strictObject({
  kind: z.literal("aitm"),
  bottomHidden: hiddenSizes
    .default([64, 32])
    .describe("widths of the layers of each task's own bottom tower"),
  calibrator: z
    .number()
    .nonnegative()
    .default(0.6)
    .describe(
      "weight of the penalty on a later step that is likelier than the one before; 0: none",
    ),
  ...taskFields,
});

export type AitmConfig = z.infer<typeof config>;

/**
 * Adaptive information transfer along tasks that follow each other (view, click, purchase): every task
 * learns how much to take from the one before.
 *
 *   q_t = bottom_t(x),   p_t = info(z_{t-1}),   z_1 = q_1,   z_t = AIT(p_t, q_t),   logit_t = tower_t(z_t)
 *   AIT(p, q) = sum_{u in {p, q}} w_u V u,   w = softmax_u(<K u, Q u> / sqrt(d))
 *   penalty = calibrator * sum_{t > 1} mean_b max(0, sigmoid(logit_t) - sigmoid(logit_{t-1}))
 *
 * Xi et al. 2021, equations 3 to 9; info is a linear layer with relu.
 */
export const aitm = {
  config,
  summary: "each task takes from the one before what attention lets through (Xi et al. 2021)",
  build: (settings, schema) => {
    checkAnyFeature("aitm", schema);
    const { width, bottomHidden, towerHidden, batchNorm, dropout, calibrator } = settings;
    const tasks = tasksOf(schema);
    const bottoms = tasks.map((_, t) =>
      mlp(`bottom${t}`, {
        inputs: deepInputSize(schema, width),
        hidden: bottomHidden,
        batchNorm,
        dropout,
      }),
    );
    const size = bottomHidden.at(-1)!;
    const transfers = tasks.slice(1).map((_, i) => ({
      info: mlp(`info${i + 1}`, { inputs: size, hidden: [size], dropout }),
      attention: transferAttention(`transfer${i + 1}`, size),
    }));
    const towers = taskTowers(schema, { inputs: size, hidden: towerHidden, batchNorm, dropout });
    const infos = transfers.map(({ info }) => info);
    const attentions = transfers.map(({ attention }) => attention);
    return {
      kind: "aitm",
      multiTask: true,
      parameters: [...bottoms, ...infos, ...attentions, towers].flatMap((part) => part.parameters),
      state: [...bottoms, towers].flatMap((part) => part.state),
      dropout: [...bottoms, ...infos, towers].flatMap((part) => part.masks),
      embeddings: embedAll("deep", schema, { width, std: settings.embeddingStd }),
      forward: (inputs) => {
        const x = deepInput(inputs, schema, "deep");
        const own = bottoms.map((bottom) => bottom.forward(inputs, x));
        const steps: np.Array[] = [own[0]!.x];
        for (const [i, { info, attention }] of transfers.entries()) {
          const before = info.forward(inputs, steps[i]!).x;
          steps.push(attention.forward(inputs.parameters, before, own[i + 1]!.x));
        }
        const { logits, state } = towers.forward(inputs, steps);
        const outputs = {
          logits: sideBySide(logits),
          state: Object.assign({}, ...own.map((bottom) => bottom.state), state),
        };
        if (calibrator === 0 || tasks.length === 1) return outputs;
        return { ...outputs, penalty: disorder(logits, inputs.weight).mul(calibrator) };
      },
    };
  },
} as const satisfies ModelDefinition<AitmConfig>;

/** How much likelier later steps are than those before: the mean over rows, summed over steps. */
function disorder(logits: readonly np.Array[], weight: np.Array): np.Array {
  const shares = logits.map((z) => sigmoid(z.reshape([-1])));
  const excess = shares
    .slice(1)
    .map((share, i) => np.maximum(0, share.sub(shares[i]!)))
    .reduce((sum, part) => sum.add(part));
  // Of a batch that is cut in parts, a part may hold nothing but padding.
  return np.sum(excess.mul(weight)).mul(np.reciprocal(np.maximum(1e-12, np.sum(weight))));
}

interface TransferAttention {
  readonly parameters: readonly ParameterSpec[];
  /** Information of the task before and of this one, [batch, size] each, to [batch, size]. */
  readonly forward: (parameters: Arrays, before: np.Array, own: np.Array) => np.Array;
}

/** Equations 4 to 6 of the paper. Names: `<name>/keys`, `queries`, `values`, linear without bias. */
function transferAttention(name: string, size: number): TransferAttention {
  const map = (part: string) =>
    linear(`${name}/${part}`, { inputs: size, outputs: size, bias: false });
  const [keys, queries, values] = [map("keys"), map("queries"), map("values")];
  return {
    parameters: [keys, queries, values].flatMap((layer) => layer.parameters),
    forward: (parameters, ...both) => {
      const scores = both.map((u) =>
        np.sum(keys.forward(parameters, u).mul(queries.forward(parameters, u)), 1, {
          keepdims: true,
        }),
      );
      // A softmax over two scores is a sigmoid of their difference.
      const share = sigmoid(scores[0]!.sub(scores[1]!).mul(1 / Math.sqrt(size)));
      const [before, own] = both.map((u) => values.forward(parameters, u)) as [np.Array, np.Array];
      return own.add(before.sub(own).mul(share));
    },
  };
}
