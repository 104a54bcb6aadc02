import { uniformBelow, type RandomStream } from "../random/index.ts";
import { itemOutside, type ItemsOfUser } from "./items-of-user.ts";
import type { Candidates } from "./prepare-types.ts";

interface Drawing {
  /** User index by row number. */
  readonly user: Int32Array;
  /** All items that a user ever had. */
  readonly known: ItemsOfUser;
  readonly numItems: number;
  readonly count: number;
  readonly random: RandomStream;
}

/**
 * `count` distinct items for each of `rows`, uniform over the items its user never had; all of them
 * where no more exist.
 */
export function drawCandidates(rows: Int32Array, drawing: Drawing): Candidates {
  const { user, known, numItems, count, random } = drawing;
  const offsets = new Int32Array(rows.length + 1);
  const sizeOf = (list: number) => {
    const u = user[rows[list]!]!;
    return Math.min(count, numItems - (known.offsets[u + 1]! - known.offsets[u]!));
  };
  for (let list = 0; list < rows.length; list++) offsets[list + 1] = offsets[list]! + sizeOf(list);
  const items = new Int32Array(offsets[rows.length]!);
  // takenBy[item] is the last list that took the item.
  const takenBy = new Int32Array(numItems).fill(-1);
  for (let list = 0; list < rows.length; list++) {
    const u = user[rows[list]!]!;
    const from = known.offsets[u]!;
    const to = known.offsets[u + 1]!;
    const free = numItems - (to - from);
    const end = offsets[list + 1]!;
    for (let at = offsets[list]!; at < end;) {
      // Where all free items are taken, they are listed: drawing the last of them could take long.
      const rank = free <= count ? at - offsets[list]! : uniformBelow(random, free);
      const item = itemOutside(known.items, from, to, rank);
      if (takenBy[item] === list) continue;
      takenBy[item] = list;
      items[at++] = item;
    }
  }
  return { offsets, items };
}
