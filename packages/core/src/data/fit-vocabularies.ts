import type { SplitClient, Vocabularies } from "./prepare-types.ts";
import { storedClients, storedVocabularies } from "./stored/fit-stored.ts";
import { fitVocabulary, leastCount, textFeatureOf } from "./vocabulary.ts";

/** The vocabularies of some features as the clients' training rows make them, in memory or on disk. */
export function fitVocabularies(
  splits: readonly SplitClient[],
  features: readonly string[],
  minCount: number,
): Vocabularies {
  const stored = storedClients(splits);
  if (stored !== undefined) return storedVocabularies(stored, features, minCount);
  return Object.fromEntries(
    features.map((name) => {
      const { rule } = textFeatureOf(splits[0]!, name);
      return [name, fitVocabulary(splits, name, leastCount(rule, minCount))];
    }),
  );
}
