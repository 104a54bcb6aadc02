import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TEST, TRAIN, trainingEvents, VALID, type Population } from "../population/index.ts";
import { streamOf } from "../random/index.ts";
import { textIndex } from "../request/index.ts";
import { augmentUsers, type PickedItems } from "./augment-users.ts";
import { heuristicAugmenter } from "./heuristic.ts";
import { noAugmenter } from "./none.ts";
import type { Augmenter } from "./types.ts";

/** Items 0 to 7 are food, 8 to 15 kitchen. */
const NUM_ITEMS = 16;
const texts = Array.from({ length: NUM_ITEMS }, (_, i) => `word${i % 5} word${i % 3}`);

/** Users by their items; the last two of each are held out. */
function populationOfItems(users: readonly (readonly number[])[]): Population {
  const starts = Int32Array.from([0, ...users.map((_, u) => users.slice(0, u + 1).flat().length)]);
  const item = Int32Array.from(users.flat());
  const part = users.flatMap(({ length }) =>
    Array.from({ length }, (_, n) => [TEST, VALID][length - 1 - n] ?? TRAIN),
  );
  return {
    domains: ["food", "kitchen"],
    userIds: users.map((_, u) => `u${u}`),
    itemIds: texts.map((_, i) => `i${i}`),
    itemStarts: Int32Array.of(0, 8, 16),
    itemText: texts,
    starts,
    item,
    days: Float64Array.from(item, (_, n) => n),
    part: Uint8Array.from(part),
    eventOfRow: [],
  };
}

/** All from training events, as a method does it. */
function augment(
  population: Population,
  augmenter?: Augmenter,
  own: { readonly acrossDomains?: boolean } = {},
) {
  const training = trainingEvents(population);
  // Every item once more than training has it, so that each may be offered.
  const popularity = new Float64Array(NUM_ITEMS).fill(1);
  for (const item of training.item) popularity[item]! += 1;
  return augmentUsers(population, training, {
    augmenter:
      augmenter ??
      heuristicAugmenter({ text: textIndex(texts), popularity, liked: 2, disliked: 2 }),
    candidates: 5,
    popularity,
    streamOf: (user, domain) => streamOf(1, "augmentation", user, domain),
    ...own,
  });
}

const itemsOf = ({ offsets, items }: PickedItems, user: number, domain: number) =>
  Array.from(items.subarray(offsets[2 * user + domain], offsets[2 * user + domain + 1]));

const users = fc.array(fc.array(fc.nat(NUM_ITEMS - 1), { maxLength: 9 }), {
  minLength: 1,
  maxLength: 6,
});

describe("augmentation of users", () => {
  test("gives items of the domain that the user never had in training, none twice", () =>
    fc.assert(
      fc.asyncProperty(users, async (lists) => {
        const { liked, disliked } = await augment(populationOfItems(lists));
        lists.forEach((list, user) => {
          const trained = list.slice(0, -2);
          for (const domain of [0, 1]) {
            const picked = [...itemsOf(liked, user, domain), ...itemsOf(disliked, user, domain)];
            const free = 8 - new Set(trained.filter((item) => item >> 3 === domain)).size;
            expect(picked).toHaveLength(trained.length === 0 ? 0 : Math.min(4, free));
            expect(new Set(picked).size).toBe(picked.length);
            for (const item of picked) {
              expect(item >> 3).toBe(domain);
              expect(trained).not.toContain(item);
            }
          }
        });
      }),
    ));

  test("is the same whatever was held out", () =>
    fc.assert(
      fc.asyncProperty(users, fc.infiniteStream(fc.nat(NUM_ITEMS - 1)), async (lists, other) => {
        const scrambled = lists.map((list) =>
          list.map((item, n) => (n < list.length - 2 ? item : other.next().value!)),
        );
        expect(await augment(populationOfItems(scrambled))).toEqual(
          await augment(populationOfItems(lists)),
        );
      }),
    ));

  test("follows in a silo from the events of its own domain alone", () =>
    fc.assert(
      fc.asyncProperty(users, async (lists) => {
        const food = lists.map((list) => [...list.filter((item) => item < 8), 0, 0]);
        const both = food.map((list, user) => [
          ...lists[user]!.filter((item) => item >= 8),
          ...list,
        ]);
        const whole = await augment(populationOfItems(both), undefined, { acrossDomains: false });
        const alone = await augment(populationOfItems(food), undefined, { acrossDomains: false });
        for (const user of lists.keys())
          for (const which of ["liked", "disliked"] as const)
            expect(itemsOf(whole[which], user, 0)).toEqual(itemsOf(alone[which], user, 0));
      }),
    ));

  test("offers a held-out item like any other: leaving it out would tell of it", async () => {
    // Of food, training has all but 6 and 7, which are held out.
    const { liked, disliked } = await augment(populationOfItems([[0, 1, 2, 3, 4, 5, 6, 7]]));
    const offered = [...itemsOf(liked, 0, 0), ...itemsOf(disliked, 0, 0)];
    expect(new Set(offered)).toEqual(new Set([6, 7]));
  });

  test("tells how much longer sequences are: 3 and 1 training events and two liked items a domain", async () => {
    const result = await augment(populationOfItems([[0, 1, 8, 2, 3], [9, 0, 1], [4, 5], []]));
    expect(result.users).toBe(2);
    expect(result.augmented).toBe(2);
    expect(result.meanLength).toEqual({ before: 2, after: 6 });
    expect(Array.from(result.liked.offsets)).toEqual([0, 2, 4, 6, 8, 8, 8, 8, 8]);
  });

  test("adds nothing where the augmenter is none", async () => {
    const result = await augment(populationOfItems([[0, 1, 8, 2, 3]]), noAugmenter);
    expect(result.liked.items).toHaveLength(0);
    expect(result.augmented).toBe(0);
    expect(result.meanLength).toEqual({ before: 3, after: 3 });
  });

  test.each<[string, Augmenter["pick"]]>([
    ["was not offered", () => Promise.resolve({ liked: [0], disliked: [] })],
    [
      "is liked and disliked at once",
      ({ candidates: [first] }) => Promise.resolve({ liked: [first!], disliked: [first!] }),
    ],
  ])("refuses an item that %s", async (_, pick) => {
    const population = populationOfItems([[0, 1, 2]]);
    await expect(augment(population, { name: "wrong", pick })).rejects.toThrow(RangeError);
  });
});
