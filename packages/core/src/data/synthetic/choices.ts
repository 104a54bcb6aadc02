import { shuffle, uniformBelow, type RandomStream } from "../../random/index.ts";
import { trueScore, type TrueAffinity } from "../true-affinity.ts";
import { chooseDistinct } from "./titles.ts";

/** Who chose what, row by row. */
export interface Choices {
  readonly user: Int32Array;
  readonly item: Int32Array;
}

/**
 * Each row's user is uniform, as long as it chose less than half of the items. All that one user chooses
 * is distinct, drawn one after another in proportion to exp(<user, item>), and happens in random order.
 */
export function drawChoices(
  numRows: number,
  affinity: TrueAffinity,
  stream: RandomStream,
): Choices {
  const numUsers = affinity.user.length / affinity.width;
  const numItems = affinity.item.length / affinity.width;
  const chosen = new Int32Array(numUsers);
  const user = new Int32Array(numRows);
  for (let row = 0; row < numRows; row++) {
    let u = uniformBelow(stream, numUsers);
    while (2 * (chosen[u]! + 1) > numItems) u = uniformBelow(stream, numUsers);
    user[row] = u;
    chosen[u]! += 1;
  }
  const itemsOf = Array.from(chosen, (count, u) => {
    const weights = Float64Array.from({ length: numItems }, (_, i) => trueScore(affinity, u, i));
    const items = chooseDistinct(weights, count, stream);
    shuffle(stream, items);
    return items;
  });
  const next = new Int32Array(numUsers);
  return { user, item: user.map((u) => itemsOf[u]![next[u]!++]!) };
}
