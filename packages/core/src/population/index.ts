export { DAYS_PER } from "./domain.ts";
export { domainOf, domainOfItem, eventOf, fillHistory, longestHistory, userOf } from "./history.ts";
export { populationParts, requestsOf, type Requests } from "./parts.ts";
export { populationOf, trainingEvents } from "./population.ts";
export { sortedIds } from "./sorted-ids.ts";
export { TEST, TRAIN, VALID, type Population, type TrainingEvents } from "./types.ts";
