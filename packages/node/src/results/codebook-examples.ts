import type { CodebookUse, StoredCodebook } from "@atoll/core/methods";

const MOST_CODES = 8;
const MOST_EXAMPLES = 4;
const LONGEST_WORDS = 120;

type Parties = readonly (readonly [party: string, codebook: StoredCodebook])[];

/**
 * Items of the first-level codes that most parties use, and of these first the ones that even the party
 * with the smallest share uses most; in each party the items with most training positives.
 */
export function examplesOf(parties: Parties, { counts }: CodebookUse) {
  const numCodes = counts[0]?.length ?? 0;
  const shares = counts.map((own) => {
    const total = own.reduce((sum, count) => sum + count, 0);
    return own.map((count) => count / Math.max(1, total));
  });
  const ranked = Array.from({ length: numCodes }, (_, code) => {
    const used = shares.map((own) => own[code]!).filter((share) => share > 0);
    return { code, parties: used.length, smallest: used.length === 0 ? 0 : Math.min(...used) };
  })
    .filter(({ parties: sharing }) => sharing > 0)
    .toSorted((a, b) => b.parties - a.parties || b.smallest - a.smallest || a.code - b.code);
  return ranked.slice(0, MOST_CODES).map(({ code }) => ({
    code,
    clients: Object.fromEntries(
      parties.flatMap(([party, codebook], i) =>
        counts[i]![code] === 0
          ? []
          : [[party, { entities: counts[i]![code]!, examples: mostPopular(codebook, code) }]],
      ),
    ),
  }));
}

function mostPopular({ values, counts, words, codes, levels }: StoredCodebook, code: number) {
  return [...values.keys()]
    .filter((i) => codes[i * levels.length] === code)
    .toSorted((a, b) => counts[b]! - counts[a]! || (values[a]! < values[b]! ? -1 : 1))
    .slice(0, MOST_EXAMPLES)
    .map((i) => ({
      value: values[i]!,
      count: counts[i]!,
      ...(words?.[i] && { words: shortened(words[i]) }),
    }));
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST_WORDS
    ? text
    : `${characters
        .slice(0, LONGEST_WORDS - 1)
        .join("")
        .trimEnd()}…`;
}
