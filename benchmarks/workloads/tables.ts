import type { Workload } from "../workload.ts";
import { fields, preparePredicting, prepareTraining } from "./train.ts";

const HIDDEN = [400, 400, 400];
const deepfm = { kind: "deepfm", width: 16, hidden: HIDDEN };
const sparse = (name: string) => [`${name}-sparse-adam`, `${name}-sparse-adagrad`];

/** Models over tables of a million rows in all, width 16, Zipf ids; ours train with lazy Adam. */
export const tableWorkloads: readonly Workload[] = [
  {
    name: "DeepFM step, 26 fields, 1M rows, batch 4096",
    opponents: [
      {
        label: "PyTorch, dense Adam",
        candidates: ["deepfm-fused", "deepfm-foreach"],
        goal: 0.33,
      },
      { label: "PyTorch, sparse optimiser", candidates: sparse("deepfm"), goal: 0.6 },
    ],
    prepare: (threads) =>
      prepareTraining({ model: deepfm, schema: fields, batchSize: 4096, threads }),
  },
  {
    name: "DCNv2 step, 26 fields, 1M rows, batch 4096",
    opponents: [{ label: "PyTorch, sparse optimiser", candidates: sparse("dcnv2"), goal: 0.9 }],
    prepare: (threads) =>
      prepareTraining({
        model: { kind: "dcnv2", width: 16, crossLayers: 3, hidden: HIDDEN },
        schema: fields,
        batchSize: 4096,
        threads,
      }),
  },
];

export const inferences: readonly Workload[] = [1, 1024].map((batchSize) => ({
  name: `DeepFM inference, batch ${batchSize}`,
  opponents: [{ label: "PyTorch", candidates: [`inference-${batchSize}`], goal: 0.5 }],
  prepare: (threads) => preparePredicting({ model: deepfm, schema: fields, batchSize, threads }),
}));
