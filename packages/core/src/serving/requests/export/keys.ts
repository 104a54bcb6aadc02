import type { KeptPopulation } from "../../../methods/index.ts";
import { DOMAIN_MARK } from "../known.ts";

type Catalogue = Pick<KeptPopulation, "domains" | "itemIds" | "itemStarts">;

/** The items of a domain as candidates are written, with their numbers within the domain. */
export function candidateKeys(
  { itemIds, itemStarts }: Catalogue,
  domain: number,
): readonly (readonly [key: string, number: number])[] {
  return itemIds
    .slice(itemStarts[domain], itemStarts[domain + 1])
    .map((id, number) => [id, number] as const)
    .filter(([id]) => id !== "");
}

/**
 * The items of all domains as histories are written, with their numbers: behind the name of their domain, and
 * those of the domain that is asked also alone, where that does not read as an item of another one.
 */
export function historyKeys(
  kept: Catalogue,
  domain: number,
): readonly (readonly [key: string, number: number])[] {
  const { domains, itemIds, itemStarts } = kept;
  const marks = domains.map((name) => `${name}${DOMAIN_MARK}`);
  const marked = marks.flatMap((mark, d) => {
    // A longer name that the text begins with would be the one that is meant.
    const longer = marks.filter((other) => other.length > mark.length && other.startsWith(mark));
    return itemIds
      .slice(itemStarts[d], itemStarts[d + 1])
      .map((id, i) => [`${mark}${id}`, itemStarts[d]! + i] as const)
      .filter(([key]) => longer.every((other) => !key.startsWith(other)));
  });
  const alone = candidateKeys(kept, domain)
    .filter(([id]) => marks.every((mark) => !id.startsWith(mark)))
    .map(([id, number]) => [id, itemStarts[domain]! + number] as const);
  return [...marked, ...alone];
}
