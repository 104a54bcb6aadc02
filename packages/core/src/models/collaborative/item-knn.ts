import { z } from "zod";
import { pause } from "./pause.ts";
import { transposed, type Positives } from "./positives.ts";
import type { FitOptions, Recommender } from "./types.ts";

export const itemKnnConfig = z.strictObject({
  kind: z.literal("item-knn"),
  neighbours: z
    .number()
    .int()
    .positive()
    .default(30)
    .describe("most similar items that an item keeps (Sarwar et al. 2001: 30)"),
  shrinkage: z
    .number()
    .nonnegative()
    .default(0)
    .describe("added to the denominator of the cosine, so that few common users count less"),
});

export type ItemKnnConfig = z.infer<typeof itemKnnConfig>;

/** Items between two looks at the signal. */
const ITEMS_PER_PAUSE = 256;

/** The neighbours of item i are items[offsets[i] .. offsets[i + 1]), the most similar first. */
export interface Neighbours {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  readonly weights: Float64Array;
}

/**
 * Item-based nearest neighbours on binary feedback. With U_i the users of item i,
 *
 *   s(i, j) = |U_i and U_j| / (sqrt(|U_i| |U_j|) + shrinkage),    j among the k most similar to i
 *
 * and items without a common user are none of the k. Equal similarities keep the smaller index.
 * Sarwar et al. 2001, "Item-based collaborative filtering recommendation algorithms".
 */
export async function fitItemKnn(
  positives: Positives,
  config: ItemKnnConfig,
  { signal }: FitOptions = {},
): Promise<Neighbours> {
  const { numItems, offsets: ofUser, items } = positives;
  const { offsets: ofItem, items: users } = transposed(positives);
  const common = new Float64Array(numItems);
  const offsets = new Int32Array(numItems + 1);
  const kept: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < numItems; i++) {
    if (i % ITEMS_PER_PAUSE === 0) await pause(signal);
    common.fill(0);
    for (let a = ofItem[i]!; a < ofItem[i + 1]!; a++) {
      const end = ofUser[users[a]! + 1]!;
      for (let b = ofUser[users[a]!]!; b < end; b++) common[items[b]!]! += 1;
    }
    const size = ofItem[i + 1]! - ofItem[i]!;
    const near: number[] = [];
    for (let j = 0; j < numItems; j++) {
      if (common[j] === 0 || j === i) continue;
      const cosine = Math.sqrt(size * (ofItem[j + 1]! - ofItem[j]!));
      common[j] = common[j]! / (cosine + config.shrinkage);
      near.push(j);
    }
    const ranked = near
      .toSorted((a, b) => common[b]! - common[a]! || a - b)
      .slice(0, config.neighbours);
    for (const j of ranked) {
      kept.push(j);
      weights.push(common[j]!);
    }
    offsets[i + 1] = kept.length;
  }
  return { offsets, items: Int32Array.from(kept), weights: Float64Array.from(weights) };
}

/** score(u, i) = sum of s(i, j) over those of i's neighbours that u has. */
export function itemKnnRecommender(
  { offsets, items, weights }: Neighbours,
  positives: Positives,
): Recommender {
  const hasItem = new Int32Array(positives.numItems).fill(-1);
  return {
    score: (user, item) => {
      hasItem.fill(-1);
      return Float64Array.from(user, (u, row) => {
        for (let at = positives.offsets[u]!; at < positives.offsets[u + 1]!; at++)
          hasItem[positives.items[at]!] = u;
        const i = item[row]!;
        let sum = 0;
        for (let at = offsets[i]!; at < offsets[i + 1]!; at++)
          if (hasItem[items[at]!] === u) sum += weights[at]!;
        return sum;
      });
    },
  };
}
