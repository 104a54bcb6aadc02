import { trainingEvents, type Population } from "../../population/index.ts";
import {
  itemTimes,
  type KnowledgeSettings,
  type PublishedRecency,
  type RequestKnowledge,
} from "../../request/index.ts";
import type { KeptPopulation, KeptTimes } from "./kept-population.ts";

/**
 * What requests know of candidates, as a party keeps it: of popularity the published cells, where there are
 * any, and else the times of all training events.
 */
export function knowledgeToKeep(
  population: Population,
  knowledge: Pick<RequestKnowledge, "names" | "text">,
  {
    settings: { recency, text, windowsDays, windowWeights, decay },
    weights,
    published,
  }: {
    readonly settings: KnowledgeSettings;
    /** [D, K] */
    readonly weights: Float64Array;
    readonly published?: PublishedRecency | undefined;
  },
): Omit<KeptPopulation, "model"> {
  const { domains, itemIds, itemStarts } = population;
  const events = trainingEvents(population);
  const times = (): KeptTimes => {
    if (published === undefined)
      return { kind: "events", times: itemTimes(itemIds.length, events) };
    const { cells, grid, deviation } = published;
    return { kind: "cells", cells: Float32Array.from(cells), grid, deviation };
  };
  return {
    domains,
    itemIds,
    itemStarts,
    lastDay: Math.floor(events.days.reduce((latest, day) => Math.max(latest, day), 0)),
    settings: { recency, text, windowsDays, windowWeights, decay },
    weights,
    text: knowledge.text,
    times: knowledge.names.includes("recency") ? times() : undefined,
  };
}
