import { shuffle, type RandomStream } from "../../random/index.ts";

/** 0..count-1 in random order. */
export function shuffled(count: number, random: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(random, order);
  return order;
}

/** Rows in the order given, but those with label 1 before those with label 0. */
export function positivesFirst(order: Int32Array, label: Float32Array): Int32Array {
  const isPositive = (row: number) => label[row] === 1;
  const positives = order.filter(isPositive);
  const sorted = new Int32Array(order.length);
  sorted.set(positives);
  sorted.set(
    order.filter((row) => !isPositive(row)),
    positives.length,
  );
  return sorted;
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
