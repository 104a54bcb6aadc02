import { ADAM, momentOf, type OptimiserSettings } from "../../optim/index.ts";
import type { TableOptimiser } from "./table-optimiser.ts";

/**
 * Adam on the rows of the batch: the moments and values of all other rows rest. Weight decay is L2 on
 * the rows of the batch.
 *
 * The bias correction counts the table's steps, not a row's own, as TensorFlow's LazyAdam and PyTorch's
 * SparseAdam do: a row first seen at step t is corrected as if it had seen t - 1 zero gradients, so its
 * first moves are smaller than a fresh Adam's. Epsilon stands as in dense Adam, so that both agree
 * exactly while every row is in every batch (SparseAdam adds it before the correction of the root: a
 * difference of the order of 1e-8).
 */
export function lazyAdam({ learningRate, weightDecay }: OptimiserSettings): TableOptimiser {
  const { beta1, beta2, epsilon } = ADAM;
  return {
    init: (table) => ({
      step: 0,
      moments: {
        mean: new Float32Array(table.values.length),
        square: new Float32Array(table.values.length),
      },
    }),
    step: ({ values, width }, { count, rows, sums }, state) => {
      const mean = momentOf(state, "mean", values.length);
      const square = momentOf(state, "square", values.length);
      state.step++;
      const stepSize = learningRate / (1 - beta1 ** state.step);
      const squareScale = 1 / (1 - beta2 ** state.step);
      for (let slot = 0; slot < count; slot++) {
        let i = rows[slot]! * width;
        for (let j = slot * width; j < (slot + 1) * width; j++, i++) {
          const p = values[i]!;
          const g = sums[j]! + weightDecay * p;
          const m = beta1 * mean[i]! + (1 - beta1) * g;
          const v = beta2 * square[i]! + (1 - beta2) * g * g;
          mean[i] = m;
          square[i] = v;
          values[i] = p - (stepSize * m) / (Math.sqrt(v * squareScale) + epsilon);
        }
      }
    },
  };
}
