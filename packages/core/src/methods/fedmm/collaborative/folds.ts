import { itemsOfUser } from "../../../data/index.ts";
import type { Positives } from "../../../models/collaborative/index.ts";
import { shuffle, uniformBelow, type RandomStream } from "../../../random/index.ts";

/** Every (user, item) pair that training rows hold, once, and the fold that it is in. */
export interface PairFolds {
  readonly numFolds: number;
  readonly pairs: Positives;
  /** [pairs.items.length] */
  readonly fold: Int8Array;
}

/**
 * Draws a fold for each distinct pair of training rows. A user's positive pairs are dealt out in turns, no
 * fold twice before each has one, so that a user with two or more keeps some in every model; in a turn a
 * pair, in random order, goes to the open fold with the fewest pairs of its item, then with the fewest
 * pairs at all. Pairs that are no positives are dealt out in the same way, after them.
 */
export function drawFolds(
  positives: Positives,
  training: { readonly user: ArrayLike<number>; readonly item: ArrayLike<number> },
  numFolds: number,
  random: RandomStream,
): PairFolds {
  const { numUsers, numItems } = positives;
  const pairs: Positives = { numUsers, numItems, ...itemsOfUser(numUsers, [training]) };
  const fold = new Int8Array(pairs.items.length).fill(-1);
  const isPositive = new Uint8Array(fold.length);
  eachEdge(positives, (user, item) => (isPositive[indexOfPair(pairs, user, item)] = 1));

  for (const wanted of [1, 0]) {
    const ofItem = new Int32Array(numItems * numFolds);
    const ofFold = new Int32Array(numFolds);
    const open = new Uint8Array(numFolds);
    for (let user = 0; user < numUsers; user++) {
      const own = Int32Array.from(
        { length: pairs.offsets[user + 1]! - pairs.offsets[user]! },
        (_, i) => pairs.offsets[user]! + i,
      ).filter((pair) => isPositive[pair] === wanted);
      shuffle(random, own);
      own.forEach((pair, i) => {
        if (i % numFolds === 0) open.fill(1);
        const item = pairs.items[pair]! * numFolds;
        // From a random fold on: the first of equals must not be the same one always.
        const first = uniformBelow(random, numFolds);
        let best = -1;
        for (let turn = 0; turn < numFolds; turn++) {
          const f = (first + turn) % numFolds;
          if (open[f] === 0) continue;
          const difference =
            best < 0 ? -1 : ofItem[item + f]! - ofItem[item + best]! || ofFold[f]! - ofFold[best]!;
          if (difference < 0) best = f;
        }
        open[best] = 0;
        ofItem[item + best]! += 1;
        ofFold[best]! += 1;
        fold[pair] = best;
      });
    }
  }
  return { numFolds, pairs, fold };
}

/** The fold of a pair that training rows hold. */
export function foldOf({ pairs, fold }: PairFolds, user: number, item: number): number {
  return fold[indexOfPair(pairs, user, item)]!;
}

/** The positives that are not in the fold. */
export function withoutFold(positives: Positives, folds: PairFolds, without: number): Positives {
  const { numUsers, numItems } = positives;
  const user: number[] = [];
  const item: number[] = [];
  eachEdge(positives, (u, i) => {
    if (foldOf(folds, u, i) === without) return;
    user.push(u);
    item.push(i);
  });
  return { numUsers, numItems, ...itemsOfUser(numUsers, [{ user, item }]) };
}

export function eachEdge(
  { numUsers, offsets, items }: Positives,
  visit: (user: number, item: number) => void,
): void {
  for (let user = 0; user < numUsers; user++)
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) visit(user, items[at]!);
}

/** Where a pair stands among sorted ones; it is there. */
function indexOfPair({ offsets, items }: Positives, user: number, item: number): number {
  let low = offsets[user]!;
  let high = offsets[user + 1]! - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low;
}
