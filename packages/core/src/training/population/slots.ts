/** Numbers a user's distinct items as they come. One user at a time; nothing is allocated. */
export interface Slots {
  /** Forgets the user before, and writes the next one's items to `own` from `at` on. */
  readonly begin: (own: Int32Array, at: number) => void;
  /** The slot of an item, which is a new one where the item has none. */
  readonly of: (item: number) => number;
}

/** Throws a RangeError where a user has more than `most` distinct items. */
export function createSlots(numItems: number, most: number): Slots {
  const slotOf = new Int32Array(numItems);
  const seen = new Int32Array(numItems);
  let user = 0;
  let count = 0;
  let items = new Int32Array(0);
  let start = 0;
  return {
    begin: (own, at) => {
      user += 1;
      count = 0;
      items = own as Int32Array<ArrayBuffer>;
      start = at;
    },
    of: (item) => {
      if (seen[item] === user) return slotOf[item]!;
      if (count === most)
        throw new RangeError(`a user has more than ${most} distinct items in a chunk`);
      seen[item] = user;
      slotOf[item] = count;
      items[start + count] = item;
      return count++;
    },
  };
}
