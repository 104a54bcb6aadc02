import type { Population, TrainingEvents } from "../../population/index.ts";
import { textIndex } from "../../request/index.ts";
import type { Augmenter } from "../types.ts";
import { coOccurrence } from "./co-occurrence.ts";
import { heuristicPick } from "./pick.ts";
import { heuristicWords } from "./words.ts";

export interface HeuristicOptions {
  readonly population: Pick<Population, "domains" | "itemStarts" | "itemText">;
  /** [items], of training events alone. */
  readonly popularity: Float64Array;
  /** Items that it likes and dislikes of each list of candidates. */
  readonly settings: { readonly liked: number; readonly disliked: number };
  /** What an event of a history counts against the next later one, in (0, 1]. */
  readonly decay: number;
  /** Everybody's training events, where it may be known who had what together with what: not where clients are users. */
  readonly together?: TrainingEvents | undefined;
}

/** What public texts, popularity and co-occurrence say, without a language model: `heuristicWords`, `heuristicPick`. */
export function heuristicAugmenter({
  population,
  popularity,
  settings: { liked, disliked },
  decay,
  together,
}: HeuristicOptions): Augmenter {
  const { itemStarts, itemText } = population;
  const text = itemText && textIndex(itemText);
  const neighbours = together && coOccurrence(together, { itemStarts });
  const pick = heuristicPick({ text, neighbours, popularity, liked, disliked, decay });
  return {
    name: "heuristic",
    ...heuristicWords({ population, text, decay }),
    pick: (request) => Promise.resolve(pick(request)),
  };
}
