import type { Augmenter } from "./types.ts";

/** Likes and dislikes nothing: sequences stay as they are. */
export const noAugmenter: Augmenter = {
  name: "none",
  pick: () => Promise.resolve({ liked: [], disliked: [] }),
};
