/** Sorted, distinct items per user, in CSR form: items of user u are [offsets[u], offsets[u + 1]). */
export interface ItemsOfUser {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
}

export interface Pairs {
  readonly user: ArrayLike<number>;
  readonly item: ArrayLike<number>;
}

/** Groups pairs by user; repeated pairs count once. */
export function itemsOfUser(numUsers: number, lists: readonly Pairs[]): ItemsOfUser {
  const start = new Int32Array(numUsers + 1);
  for (const { user } of lists) for (let i = 0; i < user.length; i++) start[user[i]! + 1]! += 1;
  for (let u = 0; u < numUsers; u++) start[u + 1]! += start[u]!;
  const grouped = new Int32Array(start[numUsers]!);
  const next = start.slice(0, numUsers);
  for (const { user, item } of lists)
    for (let i = 0; i < user.length; i++) grouped[next[user[i]!]!++] = item[i]!;

  const offsets = new Int32Array(numUsers + 1);
  let size = 0;
  for (let u = 0; u < numUsers; u++) {
    const own = grouped.subarray(start[u], start[u + 1]).sort();
    for (let i = 0; i < own.length; i++)
      if (i === 0 || own[i] !== own[i - 1]) grouped[size++] = own[i]!;
    offsets[u + 1] = size;
  }
  return { offsets, items: grouped.slice(0, size) };
}

/**
 * The item with exactly `rank` smaller ones that are not in the sorted slice [start, end) of `items`:
 * a uniform rank below their number gives a uniform item outside of the slice, without rejection.
 *
 * @example
 * itemOutside(Int32Array.of(1, 2, 5), 0, 3, 2) // 4
 */
export function itemOutside(items: Int32Array, start: number, end: number, rank: number): number {
  // items[i] - (i - start) counts the items outside that are below items[i], and grows with i.
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! - (middle - start) <= rank) low = middle + 1;
    else high = middle;
  }
  return rank + (low - start);
}

/** Sorted, distinct items: [start, end) of `items`. */
export interface Slice {
  readonly items: Int32Array;
  readonly start: number;
  readonly end: number;
}

/** Where in `items` an item stands, or would stand, by binary search. */
export function placeIn({ items, start, end }: Slice, item: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a slice holds the item. */
export function holds(slice: Slice, item: number): boolean {
  const place = placeIn(slice, item);
  return place < slice.end && slice.items[place] === item;
}

/** A user's items. */
export function itemsOf({ offsets, items }: ItemsOfUser, user: number): Slice {
  return { items, start: offsets[user]!, end: offsets[user + 1]! };
}

/**
 * Gives a user's items and one more, which may be among them already. The slice given is good until the
 * next one is asked for.
 */
export function slicesWith(lists: ItemsOfUser): (user: number, item: number) => Slice {
  let longest = 0;
  for (let u = 0; u + 1 < lists.offsets.length; u++)
    longest = Math.max(longest, lists.offsets[u + 1]! - lists.offsets[u]!);
  const scratch = new Int32Array(longest + 1);
  return (user, item) => {
    const own = itemsOf(lists, user);
    const place = placeIn(own, item);
    if (place < own.end && own.items[place] === item) return own;
    const { items, start, end } = own;
    scratch.set(items.subarray(start, place));
    scratch[place - start] = item;
    scratch.set(items.subarray(place, end), place - start + 1);
    return { items: scratch, start: 0, end: end - start + 1 };
  };
}
