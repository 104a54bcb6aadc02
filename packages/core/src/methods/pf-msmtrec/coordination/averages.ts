import { combine } from "../../../federation/coordination/index.ts";
import type { PartRule } from "./part-rule.ts";

/** Nothing is joined: every client goes on from its own. */
export const own: PartRule = ({ trained }) => ({ next: trained });

/**
 * The same for everybody:
 *
 *   G <- sum_k n_k G_k / sum_k n_k
 *
 * Where nobody has a row of the task, everybody keeps their own.
 */
export const average: PartRule = ({ trained, sizes }) => {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0) return { next: trained };
  const mean = combine(
    sizes.map((size) => size / total),
    trained,
  );
  return { next: trained.map(() => mean), others: mean };
};

/**
 * Every client receives the average of those whose smoothed updates point its way:
 *
 *   P_k <- sum_j w_kj P_j
 *
 * with the weights of `similarityWeights`.
 */
export const similar: PartRule = ({ trained, weights }) => ({
  next: weights.map((row) => combine(row, trained)),
  weights,
});
