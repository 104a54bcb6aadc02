import { domainOfItem, type TrainingEvents } from "../../population/index.ts";
import { bestOf } from "../best-of.ts";

/** For each item the items that most often stand in the same histories, in compressed rows. */
export interface Neighbours {
  /** [items + 1] */
  readonly offsets: Int32Array;
  /** [neighbours], those of one item by domain, the most similar first. */
  readonly items: Int32Array;
  /** [neighbours], in (0, 1]. */
  readonly similarities: Float64Array;
}

export interface CoOccurrenceOptions {
  /** [domains + 1], as of a population. */
  readonly itemStarts: Int32Array;
  /** Neighbours of an item that are kept of each domain. */
  readonly most?: number;
  /** Latest events of a user in each domain that count: the cost is the sum of their squares. */
  readonly history?: number;
}

/**
 * The cosine between items as vectors of users, from training events alone:
 *
 *   s(i, j) = n_ij / sqrt(n_i n_j)
 *
 * n_i: users with item i, n_ij: users with both. Of equal similarities the smaller number stands first.
 * Neighbours of an item in its own domain follow from the events of this domain alone, so a silo has the same ones.
 */
export function coOccurrence(
  events: TrainingEvents,
  { itemStarts, most = 100, history = 50 }: CoOccurrenceOptions,
): Neighbours {
  const numDomains = itemStarts.length - 1;
  const numItems = itemStarts[numDomains]!;
  const had = latestItems(events, { itemStarts, history });
  const by = usersByItem(had, numItems);
  const offsets = new Int32Array(numItems + 1);
  const both = new Int32Array(numItems);
  const touched = new Int32Array(numItems);
  const best = bestOf(most);
  const items: number[] = [];
  const similarities: number[] = [];
  for (let item = 0; item < numItems; item++) {
    let numTouched = 0;
    for (let e = by.starts[item]!; e < by.starts[item + 1]!; e++) {
      const user = by.item[e]!;
      for (let f = had.starts[user]!; f < had.starts[user + 1]!; f++) {
        const other = had.item[f]!;
        if (other !== item && both[other]!++ === 0) touched[numTouched++] = other;
      }
    }
    const own = by.starts[item + 1]! - by.starts[item]!;
    for (let domain = 0; domain < numDomains; domain++) {
      best.begin();
      for (let k = 0; k < numTouched; k++) {
        const other = touched[k]!;
        if (other < itemStarts[domain]! || other >= itemStarts[domain + 1]!) continue;
        const others = by.starts[other + 1]! - by.starts[other]!;
        best.offer(other, both[other]! / Math.sqrt(own * others));
        both[other] = 0;
      }
      for (let k = 0; k < best.size(); k++) {
        items.push(best.items[k]!);
        similarities.push(best.scores[k]!);
      }
    }
    offsets[item + 1] = items.length;
  }
  return {
    offsets,
    items: Int32Array.from(items),
    similarities: Float64Array.from(similarities),
  };
}

type Rows = Pick<TrainingEvents, "starts" | "item">;

/** Distinct items of each user's latest events of each domain. */
function latestItems(
  { starts, item }: Rows,
  { itemStarts, history }: { readonly itemStarts: Int32Array; readonly history: number },
): Rows {
  const lastUser = new Int32Array(itemStarts.at(-1)!).fill(-1);
  const counts = new Int32Array(itemStarts.length - 1);
  const own = new Int32Array(starts.length);
  const distinct = new Int32Array(item.length);
  let end = 0;
  for (let user = 0; user + 1 < starts.length; user++) {
    counts.fill(0);
    for (let e = starts[user + 1]! - 1; e >= starts[user]!; e--) {
      const one = item[e]!;
      if (counts[domainOfItem({ itemStarts }, one)]!++ >= history || lastUser[one] === user)
        continue;
      lastUser[one] = user;
      distinct[end++] = one;
    }
    own[user + 1] = end;
  }
  return { starts: own, item: distinct.subarray(0, end) };
}

/** The same pairs, users by item. */
function usersByItem({ starts, item }: Rows, numItems: number): Rows {
  const offsets = new Int32Array(numItems + 1);
  for (const one of item) offsets[one + 1]! += 1;
  for (let one = 0; one < numItems; one++) offsets[one + 1]! += offsets[one]!;
  const next = offsets.slice();
  const users = new Int32Array(item.length);
  for (let user = 0; user + 1 < starts.length; user++)
    for (let e = starts[user]!; e < starts[user + 1]!; e++) users[next[item[e]!]!++] = user;
  return { starts: offsets, item: users };
}
