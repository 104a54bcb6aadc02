import { numpy as np } from "@jax-js/jax";
import { layerNorm, transformerBlock } from "@atoll/core/nn";
import type { Workload } from "../workload.ts";
import { prepareDense } from "./dense.ts";

const [BATCH, LENGTH, WIDTH] = [128, 50, 64];

const options = { width: WIDTH, heads: 2, causal: true };
const blocks = [transformerBlock("block0", options), transformerBlock("block1", options)];
const last = layerNorm("norm", WIDTH);

const sequence = (name: string) => ({
  name,
  shape: [BATCH, LENGTH, WIDTH],
  dtype: "float32" as const,
});

/** log(1 + exp(z)), stable at both ends. */
function softplus(z: np.Array): np.Array {
  return np.maximum(z, 0).add(np.log(np.exp(np.minimum(z.neg(), z)).add(1)));
}

/** The form of SASRec (Kang and McAuley 2018), pre-LN, with one positive and one negative a position. */
export const transformer: Workload = {
  name: "Transformer step, batch 128, length 50, width 64, 2 blocks, Adam",
  opponents: [
    {
      label: "PyTorch, fused attention",
      candidates: ["transformer-fused", "transformer-foreach"],
      goal: 1,
    },
  ],
  prepare: (threads) =>
    prepareDense({
      name: "transformer",
      parameters: [...blocks, last].flatMap((layer) => layer.parameters),
      inputs: [sequence("x"), sequence("positive"), sequence("negative")],
      learned: ["x", "positive", "negative"],
      loss: ({ x, positive, negative, ...parameters }) => {
        const hidden = last.forward(
          parameters,
          blocks.reduce((h, block) => block.forward(parameters, h), x!),
        );
        const score = (items: np.Array) => np.sum(hidden.mul(items), -1);
        return np.mean(softplus(score(positive!).neg()).add(softplus(score(negative!))));
      },
      optimiser: { kind: "adam", learningRate: 0.001, weightDecay: 0 },
      threads,
    }),
};
