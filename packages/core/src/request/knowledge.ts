import { AtollError } from "../errors/index.ts";
import { trainingEvents, type Population } from "../population/index.ts";
import { textIndex, type TextIndex } from "./item-text.ts";
import { itemTimes } from "./item-times.ts";
import { requestReader } from "./reader.ts";
import { recencyOf, type RecencyOptions } from "./recency.ts";
import type { Recency, RequestReader } from "./types.ts";

export interface KnowledgeSettings extends RecencyOptions {
  /** Weights of the two numbers in a logit; 0 leaves one out. */
  readonly recency: number;
  readonly text: number;
  readonly decay: number;
}

const DAYS_A_YEAR = 365.25;
/** What people chose over a longer time is a misreading: milliseconds as seconds make millennia of years. */
const MOST_YEARS = 250;

/** What requests know of candidates, as settings ask for it. */
export interface RequestKnowledge {
  /** Names of the numbers; none where all weights are 0. */
  readonly names: readonly string[];
  /** [names] */
  readonly weights: Float64Array;
  /** Of all items; undefined where no number reads them. */
  readonly text: TextIndex | undefined;
  /** A reader of its own, for one history at a time. */
  readonly reader: () => RequestReader;
}

/**
 * Counts training events alone. `recency` takes the place of exact counts where it is given. Throws where
 * texts are asked for and no item has any, where windows and their weights differ in number, and where
 * popularity by days is asked for and times cannot be days in the unit that they are given in.
 */
export function requestKnowledge(
  population: Population,
  settings: KnowledgeSettings,
  given: { readonly recency?: Recency | undefined } = {},
): RequestKnowledge {
  const { itemIds, itemText, domains } = population;
  if (settings.text > 0 && itemText === undefined)
    throw new AtollError(
      "METHOD_NEEDS_TEXT",
      `clients ${domains.join(", ")}: similarity of texts has the weight ${settings.text}, but no column has the role text; name one in data.columns.text or set the weight to 0`,
    );
  const { windowsDays, windowWeights } = settings;
  if (settings.recency > 0 && windowsDays.length !== windowWeights.length)
    throw new AtollError(
      "METHOD_WINDOWS",
      `windowsDays has ${windowsDays.length} windows (${windowsDays.join(", ")}), windowWeights ${windowWeights.length} weights (${windowWeights.join(", ")}); give each window a weight`,
    );
  if (settings.recency > 0) checkDays(population);
  const text = settings.text > 0 ? textIndex(itemText!) : undefined;
  if (text?.numTerms === 0)
    throw new AtollError(
      "METHOD_NEEDS_TEXT",
      `clients ${domains.join(", ")}: similarity of texts has the weight ${settings.text}, but no text has a word; name another column in data.columns.text or set the weight to 0`,
    );
  const counted = () =>
    given.recency ?? recencyOf(itemTimes(itemIds.length, trainingEvents(population)), settings);
  const recency = settings.recency > 0 ? counted() : undefined;
  const weightOf = { recency: settings.recency, text: settings.text };
  const reader = () => requestReader({ recency, text, decay: settings.decay });
  const names = reader().names as readonly (keyof typeof weightOf)[];
  return { names, weights: Float64Array.from(names, (name) => weightOf[name]), text, reader };
}

/** Nothing of a request's own day counts: of events on a single day, none ever would. */
function checkDays({ days, domains }: Population): void {
  let [first, last] = [Infinity, -Infinity];
  for (const day of days) {
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  const years = (last - first) / DAYS_A_YEAR;
  const isOneDay = Math.floor(first) === Math.floor(last);
  if (!isOneDay && !(years > MOST_YEARS)) return;
  throw new AtollError(
    "POPULATION_TIME_UNIT",
    `clients ${domains.join(", ")}: popularity counts the days before a request, but all events are ${isOneDay ? "on one day" : `spread over ${Math.round(years)} years`}; say in data.columns.timeUnit whether the column time counts days, seconds or milliseconds (default: seconds), or set the weight of recency to 0`,
  );
}
