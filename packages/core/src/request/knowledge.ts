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
 * texts are asked for and no item has any, and where windows and their weights differ in number.
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
  const text = settings.text > 0 ? textIndex(itemText!) : undefined;
  const counted = () =>
    given.recency ?? recencyOf(itemTimes(itemIds.length, trainingEvents(population)), settings);
  const recency = settings.recency > 0 ? counted() : undefined;
  const weightOf = { recency: settings.recency, text: settings.text };
  const reader = () => requestReader({ recency, text, decay: settings.decay });
  const names = reader().names as readonly (keyof typeof weightOf)[];
  return { names, weights: Float64Array.from(names, (name) => weightOf[name]), text, reader };
}
