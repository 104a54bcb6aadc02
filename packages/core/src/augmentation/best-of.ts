/** The best of all items that were offered since `begin`, the best first, of equal scores the smaller number. */
export interface BestOf {
  readonly begin: () => void;
  readonly offer: (item: number, score: number) => void;
  readonly size: () => number;
  /** The first `size` entries hold them. */
  readonly items: Int32Array;
  readonly scores: Float64Array;
}

/** Keeps at most `most`, by insertion: the list is short, and most items end behind its last place. */
export function bestOf(most: number): BestOf {
  const items = new Int32Array(most);
  const scores = new Float64Array(most);
  let size = 0;
  return {
    items,
    scores,
    begin: () => {
      size = 0;
    },
    size: () => size,
    offer: (item, score) => {
      let place = size;
      while (
        place > 0 &&
        (score > scores[place - 1]! || (score === scores[place - 1] && item < items[place - 1]!))
      )
        place -= 1;
      if (place === most) return;
      if (size < most) size += 1;
      for (let at = size - 1; at > place; at--) {
        items[at] = items[at - 1]!;
        scores[at] = scores[at - 1]!;
      }
      items[place] = item;
      scores[place] = score;
    },
  };
}
