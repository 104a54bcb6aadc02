import { describe, expect, test } from "vitest";
import { textIndex } from "../request/index.ts";
import { heuristicWords } from "./heuristic/index.ts";
import { NUM_ITEMS, populationOfItems } from "./population.fixture.ts";
import { randomAugmenter } from "./random.ts";

const texts = Array.from({ length: NUM_ITEMS }, (_, i) => (i === 3 ? "" : `own${i} more${i}`));
const lists = Array.from({ length: 300 }, (_, u) => [u % 8, 8 + (u % 5), 1, 2]);
const population = populationOfItems(lists, { texts });
const ALL = texts.map((_, i) => i);
// Items 0 to 3 and 8 to 11, the even ones thrice as often.
const popularity = Float64Array.from(ALL, (i) => (i % 8 < 4 ? (i % 2 === 0 ? 3 : 1) : 0));
const of = (seed = 1, own = population) =>
  randomAugmenter({
    population: own,
    popularity,
    settings: { liked: 2, disliked: 3, seed },
    decay: 0.8,
  });
const history = (user: number, items: readonly number[]) => ({ user, items, ages: [] });

describe("random augmentation", () => {
  test("gives each item another one's words, each words once", async () => {
    const own = await heuristicWords({ population, text: textIndex(texts), decay: 1 }).describe(
      ALL,
    );
    const told = await of().describe(ALL);
    expect(told[3]).toBeUndefined();
    told.forEach((words, item) => {
      if (item !== 3) expect(words).not.toBe(own[item]);
    });
    expect(new Set(told)).toEqual(new Set(own));
    expect(await of().describe([7, 3, 5])).toEqual([told[7], undefined, told[5]]);
    expect(await of(2).describe(ALL)).not.toEqual(told);
  });

  test("a single item with a text has no other one", async () => {
    const alone = populationOfItems(lists, { texts: ["tea", ...texts.slice(1).map(() => "")] });
    expect(await of(1, alone).describe([0, 1])).toEqual([undefined, undefined]);
  });

  test("a user gets words of as many items, by popularity, of the domains of the history", async () => {
    const counts = new Map<string, number>();
    for (let user = 0; user < 300; user++) {
      const words = await of().profile(history(user, [9]));
      counts.set(words!, (counts.get(words!) ?? 0) + 1);
    }
    // Of 8, 9, 10, 11 by 3, 1, 3, 1, whatever the history of kitchen is.
    const share = (item: number) =>
      (counts.get(`terms: more${item}, own${item}; kitchen: 100%`) ?? 0) / 300;
    for (const [item, expected] of [
      [8, 3 / 8],
      [9, 1 / 8],
      [10, 3 / 8],
      [11, 1 / 8],
    ] as const)
      // Four standard errors.
      expect(Math.abs(share(item) - expected)).toBeLessThan(
        4 * Math.sqrt((expected * (1 - expected)) / 300),
      );
    const words = await of().profile(history(7, [0, 8, 1, 9, 2, 10]));
    expect(words).toMatch(/^terms: .*; (food|kitchen): \d+%/);
    expect(await of().profile(history(7, [0, 8, 1, 9, 2, 10]))).toBe(words);
    expect(await of().profile(history(7, []))).toBeUndefined();
  });

  test("likes and dislikes as many as asked, each of the candidates alike", async () => {
    const candidates = [4, 0, 6, 2, 7, 5];
    const liked = new Float64Array(8);
    const disliked = new Float64Array(8);
    for (let user = 0; user < 300; user++) {
      const picked = await of().pick({ history: history(user, [1]), domain: 0, candidates });
      expect([picked.liked.length, picked.disliked.length]).toEqual([2, 3]);
      const all = [...picked.liked, ...picked.disliked];
      expect(new Set(all).size).toBe(5);
      for (const item of all) expect(candidates).toContain(item);
      for (const item of picked.liked) liked[item]! += 1 / 300;
      for (const item of picked.disliked) disliked[item]! += 1 / 300;
    }
    const error = (share: number) => 4 * Math.sqrt((share * (1 - share)) / 300);
    for (const item of candidates) {
      expect(Math.abs(liked[item]! - 1 / 3)).toBeLessThan(error(1 / 3));
      expect(Math.abs(disliked[item]! - 1 / 2)).toBeLessThan(error(1 / 2));
    }
  });

  test("likes first where candidates are few, and follows from the seed", async () => {
    const pick = (seed: number, candidates: readonly number[]) =>
      of(seed).pick({ history: history(2, [1]), domain: 0, candidates });
    const few = await pick(1, [4, 5, 6]);
    expect([few.liked.length, few.disliked.length]).toEqual([2, 1]);
    expect(await pick(1, [4])).toEqual({ liked: [4], disliked: [] });
    expect(await pick(1, [])).toEqual({ liked: [], disliked: [] });
    expect(await pick(1, [4, 5, 6])).toEqual(few);
    const others = await Promise.all([2, 3, 4, 5].map((seed) => pick(seed, [4, 5, 6])));
    expect(others).not.toEqual([few, few, few, few]);
  });
});
