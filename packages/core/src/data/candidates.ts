import { uniformBelow, type RandomStream } from "../random/index.ts";
import type { Candidates } from "./prepare-types.ts";

/** Sorted, distinct items per user, in CSR form: items of user u are [offsets[u], offsets[u + 1]). */
export interface ItemsOfUser {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
}

/** Groups pairs by user: pair i is (user[i], item[i]). */
export function itemsOfUser(
  numUsers: number,
  user: ArrayLike<number>,
  item: ArrayLike<number>,
): ItemsOfUser {
  const sets = Array.from({ length: numUsers }, () => new Set<number>());
  for (let i = 0; i < user.length; i++) sets[user[i]!]!.add(item[i]!);
  const offsets = new Int32Array(numUsers + 1);
  sets.forEach((set, u) => (offsets[u + 1] = offsets[u]! + set.size));
  const items = new Int32Array(offsets[numUsers]!);
  sets.forEach((set, u) => items.set([...set].sort((a, b) => a - b), offsets[u]!));
  return { offsets, items };
}

/** Whether the sorted slice [start, end) of `items` holds `item`. */
export function holds(items: Int32Array, start: number, end: number, item: number): boolean {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low < end && items[low] === item;
}

/**
 * `count` distinct items per evaluation row, uniform over the items the user never had; fewer where
 * fewer exist.
 */
export function drawCandidates(
  rows: Int32Array,
  user: Int32Array,
  known: ItemsOfUser,
  numItems: number,
  count: number,
  random: RandomStream,
): Candidates {
  const offsets = new Int32Array(rows.length + 1);
  const drawn: number[] = [];
  for (let list = 0; list < rows.length; list++) {
    const u = user[rows[list]!]!;
    const start = known.offsets[u]!;
    const end = known.offsets[u + 1]!;
    const free = numItems - (end - start);
    if (free <= 2 * count) {
      // Few are left: rejection would be slow, so all of them are listed and drawn from.
      const pool: number[] = [];
      for (let item = 0; item < numItems; item++) if (!holds(known.items, start, end, item)) pool.push(item);
      const size = Math.min(count, pool.length);
      for (let i = 0; i < size; i++) {
        const j = i + uniformBelow(random, pool.length - i);
        [pool[i], pool[j]] = [pool[j]!, pool[i]!];
        drawn.push(pool[i]!);
      }
    } else {
      const taken = new Set<number>();
      while (taken.size < count) {
        const item = uniformBelow(random, numItems);
        if (!holds(known.items, start, end, item)) taken.add(item);
      }
      drawn.push(...taken);
    }
    offsets[list + 1] = drawn.length;
  }
  return { offsets, items: Int32Array.from(drawn) };
}
