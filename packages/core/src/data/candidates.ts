import { AtollError } from "../errors/index.ts";
import { uniformBelow, type RandomStream } from "../random/index.ts";
import { itemOutside, slicesWith, type ItemsOfUser, type Slice } from "./items-of-user.ts";
import type { Candidates } from "./prepare-types.ts";
import { sharedArray } from "./shared-array.ts";
import {
  numFreeOf,
  weightedItems,
  weightedUntaken,
  weightsBefore,
  type WeightedItems,
} from "./weighted.ts";

interface Drawing {
  readonly client: string;
  /** User and item index by row number. */
  readonly user: Int32Array;
  readonly item: Int32Array;
  /** Items that are no candidates of a user; the positive of a list never is one of its candidates. */
  readonly excluded: ItemsOfUser;
  readonly numItems: number;
  readonly count: number | "all";
  /** Whether a list holds an item at most once. */
  readonly distinct: boolean;
  /** [numItems], what items are drawn in proportion to; absent: uniform. */
  readonly weights?: Float64Array | undefined;
  readonly random: RandomStream;
}

/** How the candidates of one list are found. */
interface Law {
  /** How many items the list may hold. */
  readonly numFree: (slice: Slice) => number;
  /** All of them, into `out`. */
  readonly listAll: (slice: Slice, out: Int32Array) => void;
  /** Draws one of them; what is taken, or -1, may come and is then passed over. */
  readonly drawer: (slice: Slice, isTaken: (item: number) => boolean) => () => number;
}

/** Items of all lists, 2 GiB of them: every seed has its own. */
const MOST_ITEMS = 2 ** 29;

/**
 * `count` items for each of `rows`, from those that its user does not exclude: uniform or in proportion
 * to weights, distinct or with replacement. Distinct ones are drawn one after another, each from what is
 * left; where no more than `count` exist, all of them are the list, in the items' order.
 */
export function drawCandidates(rows: Int32Array, drawing: Drawing): Candidates {
  const { user, item, numItems, count, distinct, weights, random } = drawing;
  const slice = slicesWith(drawing.excluded);
  const law = weights ? weightedLaw(weightedItems(weights), random) : uniformLaw(numItems, random);
  const offsets = offsetsOf(rows.length, drawing, (list) => {
    const free = law.numFree(slice(user[rows[list]!]!, item[rows[list]!]!));
    if (count === "all") return free;
    return distinct ? Math.min(count, free) : free > 0 ? count : 0;
  });
  // Lists of whole catalogues are the largest of all that threads are given.
  const items = sharedArray(Int32Array, offsets[rows.length]!);
  // takenBy[item] is the last list that took the item.
  const takenBy = new Int32Array(numItems).fill(-1);
  for (let list = 0; list < rows.length; list++) {
    const excluded = slice(user[rows[list]!]!, item[rows[list]!]!);
    const out = items.subarray(offsets[list], offsets[list + 1]);
    if (distinct && out.length === law.numFree(excluded)) {
      // Drawing the last of them could take long.
      law.listAll(excluded, out);
      continue;
    }
    const isTaken = (candidate: number) => distinct && takenBy[candidate] === list;
    const draw = law.drawer(excluded, isTaken);
    for (let at = 0; at < out.length;) {
      const candidate = draw();
      if (candidate < 0 || isTaken(candidate)) continue;
      takenBy[candidate] = list;
      out[at++] = candidate;
    }
  }
  return { offsets, items };
}

function offsetsOf(
  numLists: number,
  { client, numItems }: Drawing,
  sizeOf: (list: number) => number,
): Int32Array {
  const offsets = new Int32Array(numLists + 1);
  let total = 0;
  for (let list = 0; list < numLists; list++) {
    total += sizeOf(list);
    if (total > MOST_ITEMS)
      throw new AtollError(
        "DATA_CANDIDATES_SIZE",
        `client "${client}": ${numLists} lists over ${numItems} items hold more than ${MOST_ITEMS.toLocaleString("en-US")} candidates; set negatives.evaluation.count to a smaller number, or hold out fewer rows`,
      );
    offsets[list + 1] = total;
  }
  return offsets;
}

function uniformLaw(numItems: number, random: RandomStream): Law {
  const numFree = ({ start, end }: Slice) => numItems - (end - start);
  return {
    numFree,
    listAll: ({ items, start, end }, out) => {
      for (let rank = 0; rank < out.length; rank++)
        out[rank] = itemOutside(items, start, end, rank);
    },
    drawer: (slice) => {
      const { items, start, end } = slice;
      const free = numFree(slice);
      return () => itemOutside(items, start, end, uniformBelow(random, free));
    },
  };
}

function weightedLaw(weighted: WeightedItems, random: RandomStream): Law {
  const { weights } = weighted;
  return {
    numFree: (slice) => numFreeOf(weighted, slice),
    listAll: ({ items, start, end }, out) => {
      let next = start;
      let at = 0;
      for (let item = 0; item < weights.length; item++)
        if (next < end && items[next] === item) next += 1;
        else if (weights[item]! > 0) out[at++] = item;
    },
    drawer: (slice, isTaken) => {
      const excluded = { ...slice, before: weightsBefore(weights, slice) };
      return () => weightedUntaken(weighted, excluded, random, isTaken);
    },
  };
}
