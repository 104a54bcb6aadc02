import { domainOfItem, type Population } from "../population/index.ts";
import { shuffle, streamOf, uniformBelow, type RandomStream } from "../random/index.ts";
import { textIndex } from "../request/index.ts";
import { candidateWeights, drawItem, type CandidateWeights } from "./draw-candidates.ts";
import { heuristicWords } from "./heuristic/index.ts";
import type { Augmenter } from "./types.ts";

export interface RandomOptions {
  readonly population: Pick<
    Population,
    "domains" | "itemIds" | "itemStarts" | "itemText" | "userIds"
  >;
  /** [items], of training events alone. */
  readonly popularity: Float64Array;
  readonly settings: { readonly liked: number; readonly disliked: number; readonly seed: number };
  /** What an event of a history counts against the next later one, in (0, 1]. */
  readonly decay: number;
}

/**
 * The control of all augmentation: as many words and items as the heuristic has, which say nothing. Items change
 * words with each other, so that none keeps its own and each is told once. A user gets the words of a list of as
 * many items, drawn by popularity from the domains that the history is of. Liked and disliked are uniform among
 * the candidates.
 */
export function randomAugmenter({
  population,
  popularity,
  settings: { liked, disliked, seed },
  decay,
}: RandomOptions): Augmenter {
  const { domains, userIds, itemText } = population;
  const words = heuristicWords({ population, text: itemText && textIndex(itemText), decay });
  const other = exchanged(population, streamOf(seed, "random augmentation", "items"));
  const drawer = itemDrawer(population, popularity);
  return {
    name: "random",
    describe: async (items) => {
      const told = items.map((item) => other.get(item));
      const known = told.filter((item) => item !== undefined);
      const texts = await words.describe(known);
      let next = 0;
      return told.map((item) => (item === undefined ? undefined : texts[next++]));
    },
    profile: ({ user, items, ages }) => {
      const random = streamOf(seed, "random augmentation", "profile", userIds[user]!);
      return words.profile({ user, items: drawer(items, random), ages });
    },
    pick: ({ history: { user }, domain, candidates }) => {
      const random = streamOf(
        seed,
        "random augmentation",
        "pick",
        userIds[user]!,
        domains[domain]!,
      );
      const order = Int32Array.from(candidates);
      shuffle(random, order);
      const best = Math.min(liked, order.length);
      return Promise.resolve({
        liked: Array.from(order.subarray(0, best)),
        disliked: Array.from(order.subarray(best, best + disliked)),
      });
    },
  };
}

/** For each item with a text another one, each once: a permutation of one cycle (Sattolo). */
function exchanged(
  { itemText }: RandomOptions["population"],
  random: RandomStream,
): ReadonlyMap<number, number> {
  const items = (itemText ?? []).flatMap((text, item) => (text.trim() === "" ? [] : [item]));
  const others = [...items];
  for (let i = others.length - 1; i > 0; i--) {
    const j = uniformBelow(random, i);
    [others[i], others[j]] = [others[j]!, others[i]!];
  }
  // A single item has no other.
  return new Map(items.length < 2 ? [] : items.map((item, n) => [item, others[n]!]));
}

function itemDrawer(
  population: RandomOptions["population"],
  popularity: Float64Array,
): (items: readonly number[], random: RandomStream) => readonly number[] {
  const { domains, itemStarts } = population;
  const weights = domains.map((_, x) =>
    candidateWeights(popularity, { start: itemStarts[x]!, end: itemStarts[x + 1]! }),
  );
  return (items, random) => {
    const here = [...new Set(items.map((item) => domainOfItem(population, item)))].map(
      (domain) => weights[domain]!,
    );
    const between = candidateWeights(Float64Array.from(here, totalOf), {
      start: 0,
      end: here.length,
    });
    return items.map(() => drawItem(here[drawItem(between, random)]!, random));
  };
}

function totalOf({ cumulative }: CandidateWeights): number {
  return cumulative.at(-1) ?? 0;
}
