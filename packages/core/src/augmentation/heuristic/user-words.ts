import { domainOfItem, type Population } from "../../population/index.ts";
import type { TextIndex } from "../../request/index.ts";
import { strongestTerms, type Terms } from "./terms.ts";

/** Terms of a history that are told. */
const HISTORY_TERMS = 8;

export interface UserWordsOptions {
  readonly text: TextIndex;
  readonly terms: Terms;
  readonly population: Pick<Population, "domains" | "itemStarts">;
  /** What an event counts against the next later one, in (0, 1]. */
  readonly decay: number;
}

/**
 * The heaviest terms of a history, sum_h decay^age(h) w(h, t) with TF-IDF weights w, and the share of its events
 * in each domain that has any, in tenths, such as `terms: tea, oolong; food: 70%; kitchen: 30%`; undefined where
 * no text of it has a term.
 */
export function userWords(
  items: readonly number[],
  { text, terms, population, decay }: UserWordsOptions,
): string | undefined {
  const sums = new Map<number, number>();
  const events = population.domains.map(() => 0);
  let weight = 1;
  for (const item of items.toReversed()) {
    events[domainOfItem(population, item)]! += 1;
    for (let e = text.offsets[item]!; e < text.offsets[item + 1]!; e++) {
      const term = text.terms[e]!;
      sums.set(term, (sums.get(term) ?? 0) + weight * text.weights[e]!);
    }
    weight *= decay;
  }
  if (sums.size === 0) return undefined;
  const words = strongestTerms([...sums], { most: HISTORY_TERMS, text, terms });
  const shares = population.domains.flatMap((name, domain) => {
    const count = events[domain]!;
    return count === 0 ? [] : [`${name}: ${10 * Math.round((10 * count) / items.length)}%`];
  });
  return [`terms: ${words.join(", ")}`, ...shares].join("; ");
}
