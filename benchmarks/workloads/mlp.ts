import type { Workload } from "../workload.ts";
import { numbersOnly, prepareTraining } from "./train.ts";

const HIDDEN = [400, 400, 400];

/** MLP 416-400-400-400-1 with Adam: a DeepFM of numbers alone is such a tower, and 417 weights more. */
export const mlps: readonly Workload[] = [256, 1024, 4096].map((batchSize) => ({
  name: `MLP 416-400-400-400-1 step, Adam, batch ${batchSize}`,
  opponents: [
    {
      label: "PyTorch, Adam",
      candidates: [`mlp-${batchSize}-fused`, `mlp-${batchSize}-foreach`],
      goal: 0.9,
    },
  ],
  prepare: (threads) =>
    prepareTraining({
      model: { kind: "deepfm", hidden: HIDDEN },
      schema: numbersOnly,
      batchSize,
      threads,
    }),
}));
