import { shuffle, type RandomStream } from "../../random/index.ts";

/** 0..count-1 in random order. */
export function shuffled(count: number, random: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(random, order);
  return order;
}

/**
 * Rows by their labels of all tasks together, such as (click, sale): one array for each combination that
 * occurs, in the order given. Combinations descend, so those with the first label 1 come first.
 */
export function byLabels(order: Int32Array, labels: readonly Float32Array[]): Int32Array[] {
  let strata = [order];
  for (const label of labels)
    strata = strata.flatMap((rows) =>
      [1, 0, -1].map((value) => rows.filter((row) => label[row] === value)),
    );
  return strata.filter((rows) => rows.length > 0);
}

/** Rows grouped by user, each user's in ascending order: user u has [offsets[u], offsets[u + 1]). */
export function rowsByUser(
  user: Int32Array,
  numUsers: number,
): { readonly offsets: Int32Array; readonly rows: Int32Array } {
  const offsets = new Int32Array(numUsers + 1);
  for (const u of user) offsets[u + 1]! += 1;
  for (let u = 0; u < numUsers; u++) offsets[u + 1]! += offsets[u]!;
  const next = offsets.slice(0, numUsers);
  const rows = new Int32Array(user.length);
  for (let row = 0; row < user.length; row++) rows[next[user[row]!]!++] = row;
  return { offsets, rows };
}
