import { numpy as np } from "@jax-js/jax";
import { relu } from "@atoll/core/nn";
import { linearDefault, type ParameterSpec } from "@atoll/core/tensor";
import type { Workload } from "../workload.ts";
import { prepareDense } from "./dense.ts";

const [CLIENTS, ROWS] = [1000, 32];

const parameter = (name: string, shape: number[], inputs: number): ParameterSpec => ({
  name,
  shape: [CLIENTS, ...shape],
  role: "weight",
  init: linearDefault(inputs),
});

/** A leading client axis on every parameter: one program trains all clients, each on its own rows. */
export const tinyClients: Workload = {
  name: "1,000 clients of 32 rows, MLP 64-32-1, one local epoch",
  opponents: [{ label: "PyTorch, a loop", candidates: ["tiny-clients"], goal: 0.05 }],
  prepare: (threads) =>
    prepareDense({
      name: "tiny",
      parameters: [
        parameter("w0", [64, 32], 64),
        parameter("b0", [1, 32], 64),
        parameter("w1", [32, 1], 32),
        parameter("b1", [1, 1], 32),
      ],
      inputs: [
        { name: "x", shape: [CLIENTS, ROWS, 64], dtype: "float32" },
        { name: "label", shape: [CLIENTS, ROWS], dtype: "float32" },
      ],
      loss: (arrays) => {
        const weight = (name: string) => arrays[name]!;
        const hidden = relu(np.matmul(arrays["x"]!, weight("w0")).add(weight("b0")));
        const z = np.matmul(hidden, weight("w1")).add(weight("b1")).reshape([CLIENTS, ROWS]);
        const minusAbsolute = np.minimum(z.neg(), z);
        const losses = np
          .maximum(z, 0)
          .sub(z.mul(arrays["label"]!))
          .add(np.log(np.exp(minusAbsolute).add(1)));
        // The mean of each client's rows, summed: every client gets its own gradient.
        return np.sum(losses).mul(1 / ROWS);
      },
      optimiser: { kind: "sgd", learningRate: 0.1, weightDecay: 0 },
      threads,
    }),
};
