import type { PopulationAugmentation } from "@atoll/core/augmentation";
import type { SplitClient } from "@atoll/core/data";
import {
  domainOfItem,
  populationOf,
  trainingEvents,
  type Population,
} from "@atoll/core/population";

/** Some of what was made up, to read: titles in place of numbers, and nobody's name. */
export interface AugmentationExamples {
  readonly items: readonly {
    readonly domain: string;
    readonly title: string;
    readonly words: string;
  }[];
  readonly profiles: readonly {
    /** Titles of a user's training events, oldest first. */
    readonly history: readonly string[];
    readonly words: string;
  }[];
  readonly sequences: readonly {
    readonly history: readonly string[];
    readonly domain: string;
    readonly liked: readonly string[];
    readonly disliked: readonly string[];
  }[];
}

/** Latest events of a user that an example shows. */
const HISTORY = 10;

export interface ExamplesOptions {
  readonly splits: readonly SplitClient[];
  /** Of each stage. */
  readonly most: number;
}

/** Examples spread evenly over items and over users, of those of which something is said. */
export function examplesOf(
  augmentation: PopulationAugmentation,
  { splits, most }: ExamplesOptions,
): AugmentationExamples {
  const population = populationOf(splits);
  const { starts, item } = trainingEvents(population);
  const numDomains = population.domains.length;
  const historyOf = (user: number) =>
    [...item.subarray(starts[user], starts[user + 1])]
      .slice(-HISTORY)
      .map((one) => titleOf(population, one));
  const { descriptions, profiles } = augmentation;
  return {
    items: spread(placesOf(descriptions), most).map((one) => ({
      domain: population.domains[domainOfItem(population, one)]!,
      title: titleOf(population, one),
      words: descriptions![one]!,
    })),
    profiles: spread(
      // The first domain's of each user: it is the same in all unless silos know their own alone.
      placesOf(profiles).filter((place) => place % numDomains === 0),
      most,
    ).map((place) => ({ history: historyOf(place / numDomains), words: profiles![place]! })),
    sequences: spread(placesOfPicked(augmentation), most).map((place) => ({
      history: historyOf(Math.floor(place / numDomains)),
      domain: population.domains[place % numDomains]!,
      liked: titlesAt(population, augmentation.liked, place),
      disliked: titlesAt(population, augmentation.disliked, place),
    })),
  };
}

function placesOf(words: readonly (string | undefined)[] | undefined): readonly number[] {
  return (words ?? []).flatMap((one, place) => (one === undefined ? [] : [place]));
}

function placesOfPicked({ liked, disliked }: PopulationAugmentation): readonly number[] {
  const places: number[] = [];
  const numbers = [liked.offsets, disliked.offsets];
  for (let place = 0; place + 1 < liked.offsets.length; place++)
    if (numbers.some((offsets) => offsets[place]! < offsets[place + 1]!)) places.push(place);
  return places;
}

/** `most` of them, as far from one another as they come. */
function spread(places: readonly number[], most: number): readonly number[] {
  if (places.length <= most) return places;
  return Array.from({ length: most }, (_, n) => places[Math.floor((n * places.length) / most)]!);
}

function titlesAt(
  population: Population,
  { offsets, items }: PopulationAugmentation["liked"],
  place: number,
): readonly string[] {
  return [...items.subarray(offsets[place], offsets[place + 1])].map((one) =>
    titleOf(population, one),
  );
}

/** An item's text, or its id where it has none. */
function titleOf({ itemText, itemIds }: Population, one: number): string {
  const text = itemText?.[one] ?? "";
  return text.trim() === "" ? `item ${itemIds[one]}` : text;
}
