import { STATISTICS_MOMENTUM } from "../nn/index.ts";

/** Takes the running statistics of normalisation layers anew. */
export interface StatisticsPass {
  /**
   * Runs a pass that calls `add` after each run of the training program, with the weights of the batch's
   * rows. Then the state becomes the means over batches; if the pass fails, it becomes what it was. A
   * model without statistics makes no pass.
   */
  readonly take: (pass: (add: (weight: Float32Array) => void) => Promise<void>) => Promise<void>;
}

/**
 * Where statistics stand before a batch: too small to count beside any statistic, and no statistic is
 * ever this number, so that one that comes out unchanged is one that the batch left alone.
 */
const UNTOUCHED = -(2 ** -100);

/**
 * The mean of batches' statistics f_b, each counting by its n_b rows, over the batches that moved it.
 *
 *   s = sum_b n_b f_b / sum_b n_b
 *
 * A step of training makes s + m (f_b - s) of a statistic s, m being `STATISTICS_MOMENTUM`: from s = 0
 * comes m f_b. A layer's variance is unbiased in every batch, so the mean over random batches is unbiased
 * as well; a batch of one row has none and is left out. A statistic that no batch moved stays.
 */
export function statisticsPass(state: Float32Array, nextState: Float32Array): StatisticsPass {
  const { length } = state;
  const sums = new Float64Array(length);
  const counts = new Float64Array(length);
  const before = new Float32Array(length);
  const momentum = Math.fround(STATISTICS_MOMENTUM);

  const add = (weight: Float32Array) => {
    const numRows = numCounting(weight);
    if (numRows < 2) return;
    for (let i = 0; i < length; i++) {
      if (nextState[i] === UNTOUCHED) continue;
      sums[i]! += (numRows * nextState[i]!) / momentum;
      counts[i]! += numRows;
    }
  };

  return {
    take: async (pass) => {
      if (length === 0) return;
      before.set(state);
      sums.fill(0);
      counts.fill(0);
      state.fill(UNTOUCHED);
      try {
        await pass(add);
      } catch (error) {
        state.set(before);
        throw error;
      }
      for (let i = 0; i < length; i++)
        state[i] = counts[i]! > 0 ? sums[i]! / counts[i]! : before[i]!;
    },
  };
}

/** Rows that count: those of padding have weight 0. */
function numCounting(weight: Float32Array): number {
  let count = 0;
  for (let i = 0; i < weight.length; i++) if (weight[i]! > 0) count++;
  return count;
}
