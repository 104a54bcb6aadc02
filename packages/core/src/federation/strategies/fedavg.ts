import { asGlobal, NO_MEMORY, weightedMean, type Strategy } from "./strategy.ts";

/**
 * Federated averaging: the next global state is the sample-weighted mean of the clients' states.
 *
 *   w <- sum_k n_k w_k / sum_k n_k
 *
 * McMahan et al. 2017, arXiv 1602.05629, algorithm 1.
 */
export function fedavg(): Strategy {
  return {
    init: () => NO_MEMORY,
    step: (global, updates, state) => {
      const mean = weightedMean(global, updates);
      return [mean === undefined ? global : asGlobal(global, mean), state];
    },
  };
}
