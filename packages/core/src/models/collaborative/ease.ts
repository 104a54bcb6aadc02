import { z } from "zod";
import { AtollError } from "../../errors/index.ts";
import { pause } from "./pause.ts";
import type { Positives } from "./positives.ts";
import { invertSymmetric } from "./symmetric-inverse.ts";
import type { FitOptions, Recommender } from "./types.ts";

export const easeConfig = z.strictObject({
  kind: z.literal("ease"),
  lambda: z
    .number()
    .positive()
    .default(500)
    .describe("L2 regularisation (Steck 2019: 500 on ML-20M, 1000 on Netflix, 200 on MSD)"),
});

export type EaseConfig = z.infer<typeof easeConfig>;

/** Beyond it the matrix takes more than 3.2 GB and its inverse more than 4e12 multiply-adds. */
const MAX_ITEMS = 20_000;

/** Item-item weights: what having item j says for item i stands at [i * numItems + j]. */
export interface ItemWeights {
  readonly numItems: number;
  readonly weights: Float64Array;
}

/**
 * EASE: the linear model of items by items with zero diagonal, in closed form. With X the 0-1 matrix of
 * users by items,
 *
 *   min ||X - X B||^2 + lambda ||B||^2,  diag B = 0:    P = (X'X + lambda I)^-1,  B_ji = -P_ji / P_ii.
 *
 * Steck 2019, "Embarrassingly shallow autoencoders for sparse data". O(numItems^3) time, one matrix of
 * memory.
 */
export async function fitEase(
  { numUsers, numItems, offsets, items }: Positives,
  { lambda }: EaseConfig,
  { signal }: FitOptions = {},
): Promise<ItemWeights> {
  if (numItems > MAX_ITEMS)
    throw new AtollError(
      "MODEL_TOO_LARGE",
      `ease with lambda ${lambda} inverts a matrix of items by items: ${numItems} items need ${((numItems ** 2 * 8) / 1e9).toFixed(1)} GB and hours, more than the ${MAX_ITEMS} items it accepts; raise data.vocabulary.minCount, or use item-knn, whose weights are sparse`,
    );
  const weights = new Float64Array(numItems * numItems);
  for (let u = 0; u < numUsers; u++)
    for (let a = offsets[u]!; a < offsets[u + 1]!; a++) {
      const row = items[a]! * numItems;
      for (let b = offsets[u]!; b <= a; b++) weights[row + items[b]!]! += 1;
    }
  for (let i = 0; i < numItems; i++) weights[i * numItems + i]! += lambda;
  const step = invertSymmetric(weights, numItems);
  while (step.next().done !== true) await pause(signal);
  for (let i = 0; i < numItems; i++) {
    const scale = -1 / weights[i * numItems + i]!;
    for (let j = 0; j < numItems; j++) weights[i * numItems + j]! *= scale;
    weights[i * numItems + i] = 0;
  }
  return { numItems, weights };
}

/** score(u, i) = sum over u's items j of B_ji. */
export function easeRecommender(
  { numItems, weights }: ItemWeights,
  { offsets, items }: Positives,
): Recommender {
  return {
    score: (user, item) =>
      Float64Array.from(user, (u, row) => {
        const start = item[row]! * numItems;
        let sum = 0;
        for (let at = offsets[u]!; at < offsets[u + 1]!; at++) sum += weights[start + items[at]!]!;
        return sum;
      }),
  };
}
