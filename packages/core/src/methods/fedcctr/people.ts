import type { ClientContext } from "../../federation/client-context.ts";
import {
  populationOf,
  trainingEvents,
  type Population,
  type TrainingEvents,
} from "../../population/index.ts";
import type { Catalogue } from "./settings.ts";

/** The sequences of everybody, as a party that holds all splits has them. */
export interface People {
  readonly population: Population;
  readonly events: TrainingEvents;
  readonly catalogue: Catalogue;
}

const known = new WeakMap<ClientContext, People>();

/** Joined once for all stages of a party. */
export function peopleOf(context: ClientContext): People {
  const before = known.get(context);
  if (before !== undefined) return before;
  const population = populationOf(context.splits);
  const { domains, itemIds, itemText } = population;
  const people: People = {
    population,
    events: trainingEvents(population),
    catalogue: { domains, items: itemIds.length, hasText: itemText !== undefined },
  };
  known.set(context, people);
  return people;
}
