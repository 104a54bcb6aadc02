import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trainingEvents, type Population } from "../population/index.ts";
import { augmentPopulation } from "./augment-population.ts";
import { heuristicAugmenter } from "./heuristic/index.ts";
import type { PickedItems } from "./picked-items.ts";
import type { AugmentPopulationOptions } from "./population-augmentation.ts";
import {
  NUM_ITEMS,
  popularityOf,
  populationOfItems,
  scrambled,
  settingsOf,
  users,
} from "./population.fixture.ts";
import type { Augmenter, PickRequest, UserHistory } from "./types.ts";

/** The heuristic, with what it was asked. */
function listening(population: Population, { together = true } = {}) {
  const asked = {
    described: [] as number[],
    profiled: [] as UserHistory[],
    picked: [] as PickRequest[],
  };
  const popularity = popularityOf(population);
  const inner = heuristicAugmenter({
    population,
    popularity,
    settings: settingsOf(),
    decay: 0.8,
    together: together ? trainingEvents(population) : undefined,
  });
  const augmenter: Augmenter = {
    name: "listening",
    describe: (items) => {
      asked.described.push(...items);
      return inner.describe(items);
    },
    profile: (history) => {
      asked.profiled.push(history);
      return inner.profile(history);
    },
    pick: (request) => {
      asked.picked.push(request);
      return inner.pick(request);
    },
  };
  return { augmenter, asked };
}

function augment(population: Population, own: Partial<AugmentPopulationOptions> = {}) {
  return augmentPopulation(population, trainingEvents(population), {
    augmenter: listening(population).augmenter,
    settings: settingsOf(),
    popularity: popularityOf(population),
    ...own,
  });
}

const itemsOf = ({ offsets, items }: PickedItems, user: number, domain: number) =>
  Array.from(items.subarray(offsets[2 * user + domain], offsets[2 * user + domain + 1]));

describe("augmentation of a population", () => {
  test("picks items of the domain that the user had in no event, none twice", () =>
    fc.assert(
      fc.asyncProperty(users, async (lists) => {
        const population = populationOfItems(lists);
        const { augmenter, asked } = listening(population);
        const { liked, disliked } = await augment(population, { augmenter });
        for (const { history, domain, candidates } of asked.picked) {
          const list = lists[history.user]!;
          expect(history.items).toEqual(list.slice(0, -2));
          for (const item of candidates) {
            expect(item >> 3).toBe(domain);
            expect(list).not.toContain(item);
          }
        }
        lists.forEach((list, user) => {
          for (const domain of [0, 1]) {
            const picked = [...itemsOf(liked, user, domain), ...itemsOf(disliked, user, domain)];
            const free = 8 - new Set(list.filter((item) => item >> 3 === domain)).size;
            expect(picked).toHaveLength(list.length <= 2 ? 0 : Math.min(4, free));
            expect(new Set(picked).size).toBe(picked.length);
            for (const item of picked) {
              expect(item >> 3).toBe(domain);
              expect(list).not.toContain(item);
            }
          }
        });
      }),
    ));

  test("words are the same whatever was held out, and candidates lack what is held out and differ in nothing else", () =>
    fc.assert(
      fc.asyncProperty(users, fc.infiniteStream(fc.nat(NUM_ITEMS - 1)), async (lists, other) => {
        // Enough candidates for the whole order in which a domain is drawn, less what is left out.
        const settings = settingsOf({ candidates: NUM_ITEMS });
        const [one, two] = [lists, scrambled(lists, () => other.next().value!)];
        const results = await Promise.all(
          [one, two].map(async (own) => {
            const population = populationOfItems(own);
            const { augmenter, asked } = listening(population);
            return { asked, said: await augment(population, { augmenter, settings }) };
          }),
        );
        const [first, second] = results as [(typeof results)[0], (typeof results)[0]];
        expect(second.said.descriptions).toEqual(first.said.descriptions);
        expect(second.said.profiles).toEqual(first.said.profiles);
        expect(second.said.meanLength.before).toBe(first.said.meanLength.before);
        const key = ({ history: { user }, domain }: PickRequest) => 2 * user + domain;
        const bySecond = new Map(second.asked.picked.map((request) => [key(request), request]));
        for (const request of first.asked.picked) {
          const before = bySecond.get(key(request));
          const { user } = request.history;
          const both = (items: readonly number[] = []) =>
            items.filter((item) => !one[user]!.includes(item) && !two[user]!.includes(item));
          expect(both(before?.candidates)).toEqual(both(request.candidates));
          if (before !== undefined) expect(before.history).toEqual(request.history);
        }
      }),
    ));

  test("what is held out in place of items that nobody is offered changes nothing", async () => {
    // Nobody is offered 6, 7, 14 and 15, which no training event has: they weigh nothing.
    const lists = [
      [0, 1, 8, 6, 14],
      [2, 9, 10, 7, 15],
    ];
    const other = [
      [0, 1, 8, 15, 7],
      [2, 9, 10, 6, 6],
    ];
    const popularity = Float64Array.from({ length: NUM_ITEMS }, (_, i) => (i % 8 < 6 ? 1 : 0));
    const [one, two] = await Promise.all(
      [lists, other].map((own) => augment(populationOfItems(own), { popularity })),
    );
    expect(one!.liked.items.length).toBe(8);
    expect(two).toEqual(one);
  });

  test("follows in a silo from the events of its own domain alone", () =>
    fc.assert(
      fc.asyncProperty(users, async (lists) => {
        const food = lists.map((list) => [...list.filter((item) => item < 8), 0, 0]);
        const both = food.map((list, user) => [
          ...lists[user]!.filter((item) => item >= 8),
          ...list,
        ]);
        const [whole, alone] = (await Promise.all(
          [both, food].map((own) => augment(populationOfItems(own), { acrossDomains: false })),
        )) as [Awaited<ReturnType<typeof augment>>, Awaited<ReturnType<typeof augment>>];
        for (const user of lists.keys()) {
          for (const which of ["liked", "disliked"] as const)
            expect(itemsOf(whole[which], user, 0)).toEqual(itemsOf(alone[which], user, 0));
          expect(whole.profiles![2 * user]).toEqual(alone.profiles![2 * user]);
        }
      }),
    ));

  test("is the same however many are asked at a time, and whoever else there is", async () => {
    const lists = Array.from({ length: 40 }, (_, u) =>
      Array.from({ length: 3 + (u % 5) }, (__, n) => (7 * u + 5 * n) % NUM_ITEMS),
    );
    const population = populationOfItems(lists);
    const calm = listening(population).augmenter;
    const popularity = new Float64Array(NUM_ITEMS).fill(1);
    const [alone, many] = await Promise.all([
      augment(population, { popularity, augmenter: calm }),
      augment(population, {
        popularity,
        concurrency: 7,
        augmenter: {
          ...calm,
          // Later users answer first.
          pick: async (request) => {
            for (let turn = request.history.user; turn < 40; turn++) await Promise.resolve();
            return calm.pick(request);
          },
        },
      }),
    ]);
    expect(many).toEqual(alone);
    const without = { ...populationOfItems(lists.slice(1)), userIds: population.userIds.slice(1) };
    const fewer = await augment(without, { popularity, augmenter: calm });
    for (let user = 1; user < 40; user++)
      for (const domain of [0, 1])
        for (const which of ["liked", "disliked"] as const)
          expect(itemsOf(fewer[which], user - 1, domain)).toEqual(
            itemsOf(alone[which], user, domain),
          );
  });

  test("tells how much longer and denser sequences are: 3 and 1 training events, two liked items a domain", async () => {
    const result = await augment(populationOfItems([[0, 0, 8, 2, 3], [9, 0, 1], [4, 5], []]));
    expect(result.users).toBe(2);
    expect(result.augmented).toBe(2);
    expect(result.meanLength).toEqual({ before: 2, after: 6 });
    expect(result.density).toEqual({ before: 3 / 32, after: 11 / 32 });
    expect(Array.from(result.liked.offsets)).toEqual([0, 2, 4, 6, 8, 8, 8, 8, 8]);
    expect(result.profiles!.map((words) => words !== undefined)).toEqual(
      [1, 1, 1, 1, 0, 0, 0, 0].map(Boolean),
    );
    expect(result.profiles![1]).toBe(result.profiles![0]);
  });

  test.each<[AugmentPopulationOptions["settings"]["stages"], string[]]>([
    [["items"], ["descriptions"]],
    [["profiles"], ["profiles"]],
    [["sequences"], ["liked"]],
  ])("of the stages %j it does these alone", async (stages, expected) => {
    const { descriptions, profiles, liked, disliked, augmented, meanLength } = await augment(
      populationOfItems([[0, 1, 8, 2, 3]]),
      { settings: settingsOf({ stages }) },
    );
    const done = { descriptions, profiles, liked: liked.items.length > 0 ? liked : undefined };
    expect(Object.entries(done).flatMap(([name, made]) => (made ? [name] : []))).toEqual(expected);
    if (stages.includes("sequences")) return;
    expect(disliked.items).toHaveLength(0);
    expect(augmented).toBe(0);
    expect(meanLength).toEqual({ before: 3, after: 3 });
  });

  test("describes all items that have a text, and tells how far it is", async () => {
    const texts = ["tea", " ", "", "pot", ...Array<string>(NUM_ITEMS - 4).fill("")];
    const population = populationOfItems([[0, 1, 8, 2, 3]], { texts });
    const { augmenter, asked } = listening(population);
    const told: unknown[] = [];
    const { descriptions } = await augment(population, {
      augmenter,
      onProgress: (progress) => told.push(progress),
    });
    expect(asked.described).toEqual([3, 0]);
    expect(descriptions!.slice(0, 4)).toEqual(["terms: tea", undefined, undefined, "terms: pot"]);
    expect(descriptions).toHaveLength(NUM_ITEMS);
    expect(told).toEqual([
      { stage: "items", done: 2, total: 2 },
      { stage: "profiles", done: 1, total: 1 },
      { stage: "sequences", done: 1, total: 1 },
    ]);
  });

  test.each<[string, Augmenter["pick"]]>([
    ["was not offered", () => Promise.resolve({ liked: [0], disliked: [] })],
    [
      "is liked and disliked at once",
      ({ candidates: [first] }) => Promise.resolve({ liked: [first!], disliked: [first!] }),
    ],
    [
      "is one too many",
      ({ candidates }) => Promise.resolve({ liked: [], disliked: candidates.slice(0, 3) }),
    ],
  ])("refuses an item that %s", async (_, pick) => {
    const population = populationOfItems([[0, 1, 2]]);
    const { augmenter } = listening(population);
    await expect(augment(population, { augmenter: { ...augmenter, pick } })).rejects.toThrow(
      RangeError,
    );
  });

  test("stops where it is aborted", async () => {
    const population = populationOfItems([[0, 1, 2]]);
    await expect(
      augment(population, { signal: AbortSignal.abort(new Error("enough")) }),
    ).rejects.toThrow("enough");
  });
});
