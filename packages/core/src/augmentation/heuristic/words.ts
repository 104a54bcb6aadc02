import type { Population } from "../../population/index.ts";
import type { TextIndex } from "../../request/index.ts";
import type { Augmenter } from "../types.ts";
import { itemWords } from "./item-words.ts";
import { termsOf } from "./terms.ts";
import { userWords } from "./user-words.ts";

export interface HeuristicWordsOptions {
  readonly population: Pick<Population, "domains" | "itemStarts">;
  /** Public texts of the items; without them there are no words. */
  readonly text: TextIndex | undefined;
  /** What an event of a history counts against the next later one, in (0, 1]. */
  readonly decay: number;
}

/** `itemWords` and `userWords`. */
export function heuristicWords({
  population,
  text,
  decay,
}: HeuristicWordsOptions): Pick<Augmenter, "describe" | "profile"> {
  if (text === undefined)
    return {
      describe: (items) => Promise.resolve(items.map(() => undefined)),
      profile: () => Promise.resolve(undefined),
    };
  const terms = termsOf(text, population.itemStarts);
  const domains = population.domains.length;
  return {
    describe: (items) =>
      Promise.resolve(items.map((item) => itemWords(item, { text, terms, domains }))),
    profile: ({ items }) => Promise.resolve(userWords(items, { text, terms, population, decay })),
  };
}
