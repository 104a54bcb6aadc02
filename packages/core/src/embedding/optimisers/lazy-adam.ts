import { ADAM, adamCorrections, momentOf, type OptimiserSettings } from "../../optim/index.ts";
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
    init: ({ arena, values }) => ({
      step: 0,
      moments: { mean: arena.float32(values.length), square: arena.float32(values.length) },
    }),
    step: ({ arena, values, width }, { count, rows, sums }, state) => {
      const { address, kernels } = arena;
      const mean = momentOf(state, "mean", values.length);
      const square = momentOf(state, "square", values.length);
      state.step++;
      const correction = adamCorrections(state.step);
      kernels.adamRows(
        address(values),
        address(sums),
        address(mean),
        address(square),
        address(rows),
        count,
        width,
        weightDecay,
        learningRate * correction.step,
        correction.square,
        beta1,
        beta2,
        1 - beta1,
        1 - beta2,
        epsilon,
      );
    },
  };
}
