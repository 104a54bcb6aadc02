import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import { linear, relu } from "@atoll/core/nn";
import { ones, zeros, type ParameterSpec } from "@atoll/core/tensor";
import type { Workload } from "../workload.ts";
import { prepareDense } from "./dense.ts";

const [BATCH, LENGTH, WIDTH, HEADS, BLOCKS] = [128, 50, 64, 2, 2];

type Arrays = Record<string, np.Array>;

function layerNorm(name: string) {
  const part = (of: string, init: ParameterSpec["init"]): ParameterSpec => ({
    name: `${name}/${of}`,
    shape: [WIDTH],
    role: "normalisation",
    init,
  });
  return {
    parameters: [part("scale", ones), part("shift", zeros)],
    forward: (values: Arrays, x: np.Array) => {
      const centred = x.sub(np.mean(x, -1, { keepdims: true }));
      const variance = np.mean(np.square(centred), -1, { keepdims: true });
      return centred
        .mul(np.reciprocal(np.sqrt(variance.add(1e-5))))
        .mul(values[`${name}/scale`]!)
        .add(values[`${name}/shift`]!);
    },
  };
}

const map = (name: string, outputs = WIDTH) => linear(name, { inputs: WIDTH, outputs });
const blocks = Array.from({ length: BLOCKS }, (_, b) => ({
  norms: [layerNorm(`block${b}/norm0`), layerNorm(`block${b}/norm1`)],
  queries: map(`block${b}/queries`),
  keys: map(`block${b}/keys`),
  values: map(`block${b}/values`),
  out: map(`block${b}/out`),
  up: map(`block${b}/up`),
  down: map(`block${b}/down`),
}));
const last = layerNorm("norm");

function attention(block: (typeof blocks)[number], values: Arrays, x: np.Array): np.Array {
  const heads = (y: np.Array) =>
    np.transpose(y.reshape([BATCH, LENGTH, HEADS, WIDTH / HEADS]), [0, 2, 1, 3]);
  const q = heads(block.queries.forward(values, x));
  const k = heads(block.keys.forward(values, x));
  const v = heads(block.values.forward(values, x));
  const mask = np.array(
    Float32Array.from({ length: LENGTH * LENGTH }, (_, i) =>
      i % LENGTH > Math.floor(i / LENGTH) ? -1e9 : 0,
    ),
    { shape: [LENGTH, LENGTH] },
  );
  const scores = np.matmul(q, np.transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(WIDTH / HEADS));
  const mixed = np.matmul(jaxNn.softmax(scores.add(mask), -1), v);
  const joined = np.transpose(mixed, [0, 2, 1, 3]).reshape([BATCH, LENGTH, WIDTH]);
  return block.out.forward(values, joined);
}

const sequence = (name: string) => ({
  name,
  shape: [BATCH, LENGTH, WIDTH],
  dtype: "float32" as const,
});

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
      parameters: [
        ...blocks.flatMap(({ norms, ...maps }) =>
          [...norms, ...Object.values(maps)].flatMap((layer) => [...layer.parameters]),
        ),
        ...last.parameters,
      ],
      inputs: [sequence("x"), sequence("positive"), sequence("negative")],
      learned: ["x", "positive", "negative"],
      loss: (arrays) => {
        const values = Object.fromEntries(
          Object.entries(arrays).map(([name, array]) => [name.replace("parameter:", ""), array]),
        );
        let h = arrays["x"]!;
        for (const block of blocks) {
          h = h.add(attention(block, values, block.norms[0]!.forward(values, h)));
          const up = relu(block.up.forward(values, block.norms[1]!.forward(values, h)));
          h = h.add(block.down.forward(values, up));
        }
        h = last.forward(values, h);
        const score = (items: np.Array) => np.sum(h.mul(items), -1);
        const softplus = (z: np.Array) =>
          np.maximum(z, 0).add(np.log(np.exp(np.minimum(z.neg(), z)).add(1)));
        const real = softplus(score(arrays["positive"]!).neg());
        return np.mean(real.add(softplus(score(arrays["negative"]!))));
      },
      optimiser: { kind: "adam", learningRate: 0.001, weightDecay: 0 },
      threads,
    }),
};
