/** Items by user and domain: those of user u in domain x are items[offsets[u * domains + x]] and on. */
export interface PickedItems {
  /** [users * domains + 1] */
  readonly offsets: Int32Array;
  readonly items: Int32Array;
}

/** Takes the items of each place in any order of places, and lays them out one place after another. */
export interface ItemCollector {
  /** At most `most` items, once a place. */
  readonly put: (place: number, items: readonly number[]) => void;
  readonly collected: () => PickedItems;
}

export function itemCollector(places: number, most: number): ItemCollector {
  const counts = new Int32Array(places);
  const room = new Int32Array(places * most);
  return {
    put: (place, items) => {
      if (items.length > most)
        throw new RangeError(`${items.length} items, where at most ${most} were asked for`);
      counts[place] = items.length;
      room.set(items, place * most);
    },
    collected: () => {
      const offsets = new Int32Array(places + 1);
      for (let place = 0; place < places; place++)
        offsets[place + 1] = offsets[place]! + counts[place]!;
      const items = new Int32Array(offsets[places]!);
      for (let place = 0; place < places; place++) {
        const start = place * most;
        items.set(room.subarray(start, start + counts[place]!), offsets[place]);
      }
      return { offsets, items };
    },
  };
}
