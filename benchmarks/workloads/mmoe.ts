import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import { binaryCrossEntropyWithLogits, linear, relu } from "@atoll/core/nn";
import { chunksFor, chunkSpecs, parameterLayout } from "@atoll/core/tensor";
import type { Workload } from "../workload.ts";
import { prepareDense } from "./dense.ts";

const [BATCH, EXPERTS, TASKS] = [4096, 8, 2];

const experts = Array.from({ length: EXPERTS }, (_, e) => [
  linear(`expert${e}/0`, { inputs: 416, outputs: 256 }),
  linear(`expert${e}/1`, { inputs: 256, outputs: 128 }),
]);
const tasks = Array.from({ length: TASKS }, (_, t) => ({
  gate: linear(`gate${t}`, { inputs: 416, outputs: EXPERTS }),
  up: linear(`tower${t}/0`, { inputs: 128, outputs: 64 }),
  down: linear(`tower${t}/1`, { inputs: 64, outputs: 1 }),
}));

const parameters = [
  ...experts.flat().flatMap((layer) => layer.parameters),
  ...tasks.flatMap(({ gate, up, down }) => [gate, up, down].flatMap((layer) => layer.parameters)),
];

/** MMoE (Ma et al. 2018): experts 416-256-128, linear softmax gates, towers 128-64-1. */
export const mmoe: Workload = {
  name: "MMoE step, 8 experts, 2 tasks, Adam, batch 4096",
  opponents: [
    {
      label: "PyTorch, Adam",
      candidates: ["looped", "batched"].flatMap((kind) => [
        `mmoe-${kind}-fused`,
        `mmoe-${kind}-foreach`,
      ]),
      goal: 0.9,
    },
  ],
  prepare: (threads) => {
    // On one thread in chunks, as `trainProgram` would; see docs/decisions/0008-chunks.md.
    const chunks = threads === 1 ? chunksFor(parameterLayout(parameters), BATCH) : 1;
    const x = chunkSpecs({ name: "x", shape: [BATCH, 416], dtype: "float32" }, chunks);
    return prepareDense({
      name: "mmoe",
      parameters,
      inputs: [...x, { name: "label", shape: [BATCH, TASKS], dtype: "float32" }],
      loss: (arrays) => {
        const logits = x.map(({ name }) => logitsOf(arrays, arrays[name]!));
        const all = np.concatenate(logits, 0).reshape([-1]);
        const weights = np.ones([BATCH * TASKS]);
        return binaryCrossEntropyWithLogits(all, arrays["label"]!.reshape([-1]), weights);
      },
      optimiser: { kind: "adam", learningRate: 0.001, weightDecay: 0 },
      threads,
    });
  },
};

/** [rows, 416] to [rows, tasks]. */
function logitsOf(values: Record<string, np.Array>, x: np.Array): np.Array {
  const outs = experts.map((layers) =>
    layers.reduce((h, layer) => relu(layer.forward(values, h)), x),
  );
  const logits = tasks.map(({ gate, up, down }) => {
    const shares = np.split(jaxNn.softmax(gate.forward(values, x), -1), EXPERTS, 1);
    const mixed = outs.map((out, e) => out.mul(shares[e]!)).reduce((sum, part) => sum.add(part));
    return down.forward(values, relu(up.forward(values, mixed)));
  });
  return np.concatenate(logits, 1);
}
