import type { TextIndex } from "../../request/index.ts";

/** What the terms of a catalogue are worth as words. */
export interface Terms {
  /** [terms], 1 where the texts of every domain have the term. */
  readonly isShared: Uint8Array;
  /** [terms], 1 where several items have the term, and it has a letter: it can say what items have in common. */
  readonly isTelling: Uint8Array;
}

export function termsOf(
  { offsets, terms, numTerms, vocabulary }: TextIndex,
  itemStarts: Int32Array,
): Terms {
  const numDomains = itemStarts.length - 1;
  const items = new Int32Array(numTerms);
  const domains = new Int32Array(numTerms);
  const lastDomain = new Int32Array(numTerms).fill(-1);
  for (let domain = 0; domain < numDomains; domain++)
    for (let e = offsets[itemStarts[domain]!]!; e < offsets[itemStarts[domain + 1]!]!; e++) {
      const term = terms[e]!;
      items[term]! += 1;
      if (lastDomain[term] === domain) continue;
      lastDomain[term] = domain;
      domains[term]! += 1;
    }
  return {
    isShared: Uint8Array.from(domains, (count) => (count === numDomains ? 1 : 0)),
    isTelling: Uint8Array.from(items, (count, term) =>
      count > 1 && /\p{L}/u.test(vocabulary[term]!) ? 1 : 0,
    ),
  };
}

/** Terms by number, with how much they weigh. */
export type Weighted = readonly (readonly [term: number, weight: number])[];

/** The heaviest terms as words: telling ones before others, of equal weight in the order of the alphabet. */
export function strongestTerms(
  weighted: Weighted,
  {
    most,
    text: { vocabulary },
    terms: { isTelling },
  }: { readonly most: number; readonly text: TextIndex; readonly terms: Terms },
): readonly string[] {
  return weighted
    .map(([term, weight]) => ({ word: vocabulary[term]!, weight, telling: isTelling[term]! }))
    .toSorted((a, b) => b.telling - a.telling || b.weight - a.weight || (a.word < b.word ? -1 : 1))
    .slice(0, most)
    .map(({ word }) => word);
}
