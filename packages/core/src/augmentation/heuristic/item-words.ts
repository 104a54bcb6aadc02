import type { TextIndex } from "../../request/index.ts";
import { strongestTerms, type Terms, type Weighted } from "./terms.ts";

/** Terms of an item that are told, and those of them and others that hold in every domain. */
const OWN_TERMS = 5;
const SHARED_TERMS = 3;

/**
 * An item's heaviest terms by TF-IDF, and the heaviest that texts of every domain have, such as `terms: teapot,
 * glass; shared: glass, gift`; undefined where its text has no term. In a single domain no term is told as shared.
 */
export function itemWords(
  item: number,
  {
    text,
    terms,
    domains,
  }: { readonly text: TextIndex; readonly terms: Terms; readonly domains: number },
): string | undefined {
  const weighted: Weighted = termsOfItem(text, item);
  if (weighted.length === 0) return undefined;
  const own = strongestTerms(weighted, { most: OWN_TERMS, text, terms });
  const common = weighted.filter(([term]) => domains > 1 && terms.isShared[term] === 1);
  const shared = strongestTerms(common, { most: SHARED_TERMS, text, terms });
  const words = `terms: ${own.join(", ")}`;
  return shared.length === 0 ? words : `${words}; shared: ${shared.join(", ")}`;
}

function termsOfItem({ offsets, terms, weights }: TextIndex, item: number): Weighted {
  const own: [number, number][] = [];
  for (let e = offsets[item]!; e < offsets[item + 1]!; e++) own.push([terms[e]!, weights[e]!]);
  return own;
}
