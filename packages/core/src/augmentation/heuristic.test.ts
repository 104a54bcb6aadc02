import { describe, expect, test } from "vitest";
import { textIndex } from "../request/index.ts";
import { heuristicAugmenter } from "./heuristic.ts";

// Texts are alike (cosine 1) or have nothing in common (0).
const text = textIndex(["tea", "pan", "tea", "pan", "sofa", "lamp", "lamp"]);
const popularity = Float64Array.of(1, 1, 0, 0, 90, 2, 2);
const request = { user: 0, domain: 0, history: [0, 0, 1], candidates: [2, 3, 4, 5, 6] };

describe("the heuristic augmenter", () => {
  test("ranks by decay^age for a text like the history's, then by popularity, then by number", async () => {
    // Tea: .8 + .64 = 1.44. Pan: 1. Sofa and lamps: 0, the sofa more popular.
    const augmenter = heuristicAugmenter({ text, popularity, liked: 2, disliked: 1 });
    expect(await augmenter.pick(request)).toEqual({ liked: [2, 3], disliked: [6] });
    // Tea: .6 + .36 = .96.
    const forgetful = heuristicAugmenter({ text, popularity, liked: 5, disliked: 0, decay: 0.6 });
    expect((await forgetful.pick(request)).liked).toEqual([3, 2, 4, 5, 6]);
  });

  test("has nothing but popularity without texts, and the smaller number where that is equal", async () => {
    const augmenter = heuristicAugmenter({ popularity, liked: 2, disliked: 2 });
    expect(await augmenter.pick(request)).toEqual({ liked: [4, 5], disliked: [3, 2] });
  });

  test("dislikes only what it does not like, the worst first", async () => {
    const augmenter = heuristicAugmenter({ text, popularity, liked: 3, disliked: 3 });
    expect(await augmenter.pick(request)).toEqual({ liked: [2, 3, 4], disliked: [6, 5] });
    expect(await augmenter.pick({ ...request, candidates: [] })).toEqual({
      liked: [],
      disliked: [],
    });
  });

  test("keeps nothing from one user to the next", async () => {
    const options = { text, popularity, liked: 4, disliked: 0 };
    const used = heuristicAugmenter(options);
    await used.pick({ ...request, history: [5, 4, 4, 4] });
    expect(await used.pick(request)).toEqual(await heuristicAugmenter(options).pick(request));
  });
});
