import { requestReader, type TextIndex } from "../request/index.ts";
import type { Augmenter } from "./types.ts";

export interface HeuristicOptions {
  /** Public texts of the items; without them popularity alone decides. */
  readonly text?: TextIndex | undefined;
  /** [items], such as counts of training events; 0 or more. */
  readonly popularity: Float64Array;
  /** Items that it likes and dislikes of each list of candidates. */
  readonly liked: number;
  readonly disliked: number;
  /** Of older texts in the history, by event. */
  readonly decay?: number;
}

/**
 * Likes what is like the history by its text, without a language model:
 *
 *   similarity(i) = sum_h decay^age(h) cos(text_i, text_h)
 *
 * over the events h of the history, the latest of age 0. Liked are the best of the candidates, disliked the
 * worst of the others. Where texts say the same, the more popular item is better, then that with the smaller
 * number. Popularity has no larger say because candidates are drawn by it: to find the validation item
 * among nine of them on Amazon Food-Kitchen, popularity is worse than chance (mean reciprocal rank .21 in Food
 * and .26 in Kitchen against .29), texts give .43 and .38.
 *
 * It reads no other user's sequence: who bought what together with what is not known inside one client.
 */
export function heuristicAugmenter({
  text,
  popularity,
  liked,
  disliked,
  decay = 0.8,
}: HeuristicOptions): Augmenter {
  const reader = requestReader({ text, decay });
  const numbers = new Float32Array(Math.max(1, reader.names.length));
  return {
    name: "heuristic",
    pick: ({ history, candidates }) => {
      reader.begin();
      for (const item of history) reader.push(item);
      const scored = candidates.map((item) => {
        reader.write(item, 0, numbers, 0);
        const similarity = text === undefined ? 0 : numbers[0]!;
        return { item, similarity, popularity: popularity[item]! };
      });
      const ranked = scored.toSorted(
        (a, b) => b.similarity - a.similarity || b.popularity - a.popularity || a.item - b.item,
      );
      const items = ranked.map(({ item }) => item);
      const best = items.slice(0, liked);
      return Promise.resolve({
        liked: best,
        disliked: items.slice(best.length).toReversed().slice(0, disliked),
      });
    },
  };
}
