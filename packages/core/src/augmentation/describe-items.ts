import type { Population } from "../population/index.ts";
import { asksLanguageModel } from "./config.ts";
import { inFlight } from "./in-flight.ts";
import { progressOf, type AugmentPopulationOptions } from "./population-augmentation.ts";

/** Items that an augmenter without a model describes in one call. */
const ITEMS_PER_CALL = 256;

/**
 * [items], words for every item that has a text. Items are told in the order of their texts: catalogues are often
 * numbered as customers came to buy, and items next to each other would tell who had what together, held out or not.
 */
export async function describeItems(
  { itemText, itemIds }: Population,
  { augmenter, settings, ...options }: AugmentPopulationOptions,
): Promise<readonly (string | undefined)[]> {
  const descriptions = Array<string | undefined>(itemIds.length).fill(undefined);
  const texts = itemText ?? [];
  const items = texts
    .flatMap((text, item) => (text.trim() === "" ? [] : [item]))
    .toSorted((a, b) => (texts[a]! < texts[b]! ? -1 : texts[a]! > texts[b]! ? 1 : a - b));
  // One call is one prompt, whoever asks.
  const size = asksLanguageModel(settings) ? settings.itemsPerPrompt : ITEMS_PER_CALL;
  const told = progressOf("items", items.length, options);
  await inFlight(
    Math.ceil(items.length / size),
    async (call) => {
      const some = items.slice(call * size, (call + 1) * size);
      const words = await augmenter.describe(some);
      if (words.length !== some.length)
        throw new RangeError(
          `${augmenter.name} described ${words.length} items, not ${some.length}`,
        );
      some.forEach((item, n) => (descriptions[item] = words[n]));
    },
    { ...told, onDone: (calls) => told.onDone(Math.min(items.length, calls * size)) },
  );
  return descriptions;
}
