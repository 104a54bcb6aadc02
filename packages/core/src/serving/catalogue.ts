import { OUT_OF_VOCABULARY_ROW, splitList, tableRows } from "../data/index.ts";
import { UNSEEN_ROW, type KeptRecommender } from "../methods/index.ts";
import { vocabularyRows } from "./export/encoders.ts";
import { separatorOf } from "./histories.ts";

/** All items that a client's recommender knows, for whoever wants the best of them. */
export interface Catalogue {
  readonly items: readonly string[];
  /**
   * Places in `items` of what may be recommended: all but what a history holds, or without one, but what the
   * user chose in training. Counts remember no user.
   */
  readonly candidatesOf: (user: string | undefined, history: string | undefined) => Int32Array;
  /** Whether the user's scores are their own; of counts, which are everybody's, always. */
  readonly knowsUser: (user: string) => boolean;
}

export function catalogueOf(
  { encoder, learned }: KeptRecommender,
  { client }: { readonly client: string },
): Catalogue {
  const listed = vocabularyRows(encoder, client, "item");
  const rows = listed.map(([, row]) => row);
  const itemRowOf = tableRows(encoder, client, "item");
  const userRowOf = learned.kind === "counts" ? undefined : tableRows(encoder, client, "user");
  const chosenBy = (user: string | undefined): readonly number[] => {
    if (learned.kind === "counts" || user === undefined) return [];
    const { offsets, items } = learned.positives;
    const number = userRowOf!(user) - UNSEEN_ROW;
    return Array.from(
      items.subarray(offsets[number], offsets[number + 1]),
      (item) => item + UNSEEN_ROW,
    );
  };
  return {
    knowsUser: (user) => userRowOf === undefined || userRowOf(user) !== OUT_OF_VOCABULARY_ROW,
    items: listed.map(([value]) => value),
    candidatesOf: (user, history = "") => {
      const given = splitList(history, separatorOf(history));
      const left = new Set(given.length > 0 ? given.map(itemRowOf) : chosenBy(user));
      return Int32Array.from(rows.keys()).filter((place) => !left.has(rows[place]!));
    },
  };
}
