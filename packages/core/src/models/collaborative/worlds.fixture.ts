import fc from "fast-check";
import { itemsOfUser } from "../../data/index.ts";
import { streamOf, uniform, uniformBelow } from "../../random/index.ts";
import type { Positives } from "./positives.ts";
import type { Recommender } from "./types.ts";

/** Lists of items by user, as training positives. */
export function positivesOf(numItems: number, lists: readonly (readonly number[])[]): Positives {
  const user = lists.flatMap((items, u) => items.map(() => u));
  const grouped = itemsOfUser(lists.length, [{ user, item: lists.flat() }]);
  return { numUsers: lists.length, numItems, ...grouped };
}

/** Any small world; users and items without positives among them. */
export const anyPositives = fc
  .integer({ min: 1, max: 9 })
  .chain((numItems) =>
    fc
      .array(fc.uniqueArray(fc.nat(numItems - 1)), { minLength: 1, maxLength: 9 })
      .map((lists) => positivesOf(numItems, lists)),
  );

/** Training positives with one held-out item for each of some users. */
export interface World {
  readonly train: Positives;
  readonly held: readonly { readonly user: number; readonly item: number }[];
}

/** Keeps the last item of every list with two or more for the test. */
function holdOut(numItems: number, lists: readonly (readonly number[])[]): World {
  return {
    train: positivesOf(
      numItems,
      lists.map((items) => (items.length > 1 ? items.slice(0, -1) : items)),
    ),
    held: lists.flatMap((items, user) => (items.length > 1 ? [{ user, item: items.at(-1)! }] : [])),
  };
}

/** Users and items of four tastes: a user takes 8 items, nine in ten of its own taste, at random. */
export function tasteWorld(seed: number): World {
  const random = streamOf(seed, "taste");
  const [numUsers, numItems, tastes] = [160, 80, 4];
  const lists = Array.from({ length: numUsers }, (_, u) => {
    const items = new Set<number>();
    while (items.size < 8) {
      const item = uniformBelow(random, numItems);
      if (item % tastes === u % tastes || uniform(random) < 0.03) items.add(item);
    }
    return [...items];
  });
  return holdOut(numItems, lists);
}

/** Items 2p and 2p + 1 are taken together; which pairs a user takes is pure chance. */
export function pairWorld(seed: number): World {
  const random = streamOf(seed, "pairs");
  const numPairs = 60;
  const lists = Array.from({ length: 150 }, () => {
    const pairs = new Set<number>();
    while (pairs.size < 4) pairs.add(uniformBelow(random, numPairs));
    return [...pairs].flatMap((pair) =>
      uniform(random) < 0.5 ? [2 * pair, 2 * pair + 1] : [2 * pair + 1, 2 * pair],
    );
  });
  return holdOut(2 * numPairs, lists);
}

/**
 * Chains of items: a user takes two that are next to each other. What a test user wants is three steps
 * from what it has, in the same chain: no training user connects the two directly.
 */
export function chainWorld(seed: number): World {
  const random = streamOf(seed, "chains");
  const [chains, length] = [12, 5];
  const lists: number[][] = [];
  const held: { user: number; item: number }[] = [];
  for (let chain = 0; chain < chains; chain++) {
    const at = (i: number) => chain * length + i;
    for (let i = 0; i + 1 < length; i++)
      for (let copy = 0; copy < 2 + uniformBelow(random, 2); copy++) lists.push([at(i), at(i + 1)]);
    for (let copy = 0; copy < 2; copy++) {
      held.push({ user: lists.length, item: at(3) });
      lists.push([at(0)]);
    }
  }
  return { train: positivesOf(chains * length, lists), held };
}

/** Share of held-out items that are among the `k` best of all items the user does not have. */
export function hitRate({ train, held }: World, recommender: Recommender, k: number): number {
  let hits = 0;
  const all = Int32Array.from({ length: train.numItems }, (_, item) => item);
  for (const { user, item } of held) {
    const own = train.items.subarray(train.offsets[user], train.offsets[user + 1]);
    const scores = recommender.score(new Int32Array(all.length).fill(user), all);
    let before = 0;
    for (const other of all)
      if (other !== item && !own.includes(other) && scores[other]! >= scores[item]!) before += 1;
    if (before < k) hits += 1;
  }
  return hits / held.length;
}

/** How often each item was taken. */
export function popularity({ train }: World): Recommender {
  const counts = new Float64Array(train.numItems);
  for (const item of train.items) counts[item]! += 1;
  return { score: (_user, item) => Float64Array.from(item, (i) => counts[i]!) };
}
