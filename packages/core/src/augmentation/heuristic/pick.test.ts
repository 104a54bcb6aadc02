import { describe, expect, test } from "vitest";
import { textIndex } from "../../request/index.ts";
import type { Neighbours } from "./co-occurrence.ts";
import { heuristicPick, type HeuristicPickOptions } from "./pick.ts";

// Texts are alike (cosine 1) or have nothing in common (0).
const text = textIndex(["tea", "pan", "tea", "pan", "sofa", "lamp", "lamp"]);
const popularity = Float64Array.of(1, 1, 0, 0, 90, 2, 2);
const history = (items: readonly number[]) => ({ user: 0, items, ages: items.map(() => 0) });
const request = { history: history([0, 0, 1]), candidates: [2, 3, 4, 5, 6] };

/** Lamp 5 stands with pan 1, the sofa with tea 0, a little. */
const neighbours: Neighbours = {
  offsets: Int32Array.of(0, 0, 0, 0, 0, 1, 2, 2),
  items: Int32Array.of(0, 1),
  similarities: Float64Array.of(0.1, 0.6),
};

const pickOf = (own: Partial<HeuristicPickOptions> = {}) =>
  heuristicPick({
    text,
    neighbours: undefined,
    popularity,
    liked: 2,
    disliked: 1,
    decay: 0.8,
    ...own,
  });

describe("what the heuristic likes", () => {
  test("is best by decay^age for a text like the history's, then by popularity, then by number", () => {
    // Tea: .8 + .64 = 1.44. Pan: 1. Sofa and lamps: 0, the sofa more popular.
    expect(pickOf()(request)).toEqual({ liked: [2, 3], disliked: [6] });
    // Tea: .6 + .36 = .96.
    expect(pickOf({ liked: 5, decay: 0.6 })(request).liked).toEqual([3, 2, 4, 5, 6]);
  });

  test("adds twice what stands in the same histories: lamp 1.2, sofa 2 (.08 + .064) = .288", () => {
    const own = { neighbours, liked: 5 };
    expect(pickOf(own)(request).liked).toEqual([2, 5, 3, 4, 6]);
    expect(pickOf({ ...own, text: undefined })(request).liked).toEqual([5, 4, 6, 2, 3]);
  });

  test("has nothing but popularity without texts, and the smaller number where that is equal", () => {
    const pick = pickOf({ text: undefined, disliked: 2 });
    expect(pick(request)).toEqual({ liked: [4, 5], disliked: [3, 2] });
  });

  test("dislikes only what it does not like, the worst first", () => {
    const pick = pickOf({ liked: 3, disliked: 3 });
    expect(pick(request)).toEqual({ liked: [2, 3, 4], disliked: [6, 5] });
    expect(pick({ ...request, candidates: [] })).toEqual({ liked: [], disliked: [] });
  });

  test("keeps nothing from one user to the next", () => {
    const own = { neighbours, liked: 5 };
    const used = pickOf(own);
    used({ ...request, history: history([5, 1, 4, 0, 1]) });
    expect(used({ ...request, history: history([0]) })).toEqual(
      pickOf(own)({ ...request, history: history([0]) }),
    );
  });
});
