import { uniformBelow, type RandomStream } from "../../random/index.ts";
import { isPositive, type Positives } from "./positives.ts";

/** Draws (user, positive, negative) into a buffer that each draw overwrites. */
export interface TripleSampler {
  readonly triple: { user: number; positive: number; negative: number };
  readonly draw: (random: RandomStream) => void;
}

/**
 * `pairs`: a training positive uniformly (Rendle et al. 2009, section 4.3). `users`: a user uniformly,
 * then one of its items (LightGCN), so that a user's weight does not grow with its history. The negative
 * is uniform over the items that the user does not have. Users that have every item are left out;
 * undefined where no triple exists.
 */
export function tripleSampler(
  positives: Positives,
  start: "pairs" | "users",
): TripleSampler | undefined {
  const { numUsers, numItems, offsets, items } = positives;
  const count = (u: number) => offsets[u + 1]! - offsets[u]!;
  const users = Int32Array.from({ length: numUsers }, (_, u) => u).filter(
    (u) => count(u) > 0 && count(u) < numItems,
  );
  if (users.length === 0) return undefined;
  const owner = new Int32Array(items.length).fill(-1);
  for (const u of users) owner.fill(u, offsets[u], offsets[u + 1]);
  const pairs = Int32Array.from(items.keys()).filter((pair) => owner[pair]! >= 0);
  const triple = { user: 0, positive: 0, negative: 0 };
  return {
    triple,
    draw: (random) => {
      let pair: number;
      if (start === "pairs") pair = pairs[uniformBelow(random, pairs.length)]!;
      else {
        const u = users[uniformBelow(random, users.length)]!;
        pair = offsets[u]! + uniformBelow(random, count(u));
      }
      triple.user = owner[pair]!;
      triple.positive = items[pair]!;
      do triple.negative = uniformBelow(random, numItems);
      while (isPositive(positives, triple.user, triple.negative));
    },
  };
}
