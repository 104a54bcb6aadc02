/**
 * Who chose what, in training: distinct items per user in CSR form, sorted. The items of user u are
 * items[offsets[u] .. offsets[u + 1]).
 */
export interface Positives {
  readonly numUsers: number;
  readonly numItems: number;
  /** [numUsers + 1] */
  readonly offsets: Int32Array;
  /** [offsets[numUsers]] */
  readonly items: Int32Array;
}

/** The same pairs by item: the users of item i are items[offsets[i] .. offsets[i + 1]), sorted. */
export function transposed({ numUsers, numItems, offsets, items }: Positives): Positives {
  const starts = new Int32Array(numItems + 1);
  for (const item of items) starts[item + 1]! += 1;
  for (let i = 0; i < numItems; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice(0, numItems);
  const users = new Int32Array(items.length);
  for (let u = 0; u < numUsers; u++)
    for (let at = offsets[u]!; at < offsets[u + 1]!; at++) users[next[items[at]!]!++] = u;
  return { numUsers: numItems, numItems: numUsers, offsets: starts, items: users };
}

/** Whether user u has item i: a binary search. */
export function isPositive({ offsets, items }: Positives, user: number, item: number): boolean {
  let low = offsets[user]!;
  let high = offsets[user + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low < offsets[user + 1]! && items[low] === item;
}
