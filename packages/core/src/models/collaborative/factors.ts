import type { Positives } from "./positives.ts";
import type { Recommender } from "./types.ts";

/** A vector per user and item, and where the model has them a bias per item. */
export interface Factors {
  readonly width: number;
  /** [numUsers * width] */
  readonly users: Float32Array;
  /** [numItems * width] */
  readonly items: Float32Array;
  /** [numItems] */
  readonly bias?: Float32Array;
}

/** score(u, i) = <users_u, items_i> + bias_i */
export function factorScore(
  { width, users, items, bias }: Factors,
  user: number,
  item: number,
): number {
  let sum = bias === undefined ? 0 : bias[item]!;
  for (let k = 0; k < width; k++) sum += users[user * width + k]! * items[item * width + k]!;
  return sum;
}

/** Scores pairs by `factorScore`. */
export function factorRecommender(factors: Factors): Recommender {
  return {
    score: (user, item) => {
      const scores = new Float64Array(user.length);
      for (let row = 0; row < user.length; row++)
        scores[row] = factorScore(factors, user[row]!, item[row]!);
      return scores;
    },
  };
}

/**
 * Gives users without training positives the mean vector of those with some, in place: nothing moved
 * theirs from where it was drawn, and the mean user ranks items as the users do on the whole.
 */
export function fillUnseenUsers(users: Float32Array, width: number, { offsets }: Positives): void {
  const numUsers = offsets.length - 1;
  const mean = new Float64Array(width);
  const isSeen = (u: number) => offsets[u + 1]! > offsets[u]!;
  let seen = 0;
  for (let u = 0; u < numUsers; u++) {
    if (!isSeen(u)) continue;
    seen += 1;
    for (let k = 0; k < width; k++) mean[k]! += users[u * width + k]!;
  }
  for (let u = 0; u < numUsers; u++)
    if (!isSeen(u))
      for (let k = 0; k < width; k++) users[u * width + k] = mean[k]! / Math.max(1, seen);
}
