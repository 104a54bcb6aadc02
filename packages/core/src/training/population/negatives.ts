import { uniform, uniformBelow, type RandomStream } from "../../random/index.ts";

/** Draws items that a user has not chosen. One user at a time; nothing is allocated. */
export interface NegativeDraw {
  /** Forgets the user before. */
  readonly begin: () => void;
  /** Leaves an item out of what is drawn for the user. Says whether it was still in. */
  readonly exclude: (item: number) => boolean;
  /**
   * Distinct items of the domain that are not left out, every set of them equally likely, to out[at] and on:
   * `count` of them, or all where there are no more. They are left out from then on. Gives how many.
   */
  readonly draw: (
    domain: number,
    count: number,
    into: { readonly random: RandomStream; readonly out: Int32Array; readonly at: number },
  ) => number;
}

export function negativeDraw(
  itemStarts: Int32Array,
  { domainOf }: { readonly domainOf: Uint8Array },
): NegativeDraw {
  const seen = new Int32Array(domainOf.length);
  const excluded = new Int32Array(itemStarts.length - 1);
  let user = 0;
  const exclude = (item: number): boolean => {
    if (seen[item] === user) return false;
    seen[item] = user;
    excluded[domainOf[item]!]! += 1;
    return true;
  };
  return {
    begin: () => {
      user += 1;
      excluded.fill(0);
    },
    exclude,
    draw: (domain, count, { random, out, at }) => {
      const start = itemStarts[domain]!;
      const end = itemStarts[domain + 1]!;
      let free = end - start - excluded[domain]!;
      const wanted = Math.min(count, free);
      let drawn = 0;
      if (2 * wanted <= free) {
        while (drawn < wanted) {
          const item = start + uniformBelow(random, end - start);
          if (exclude(item)) out[at + drawn++] = item;
        }
        return drawn;
      }
      // Most are taken: each in turn with the probability that is left (Knuth's algorithm S).
      for (let item = start; drawn < wanted; item++) {
        if (seen[item] === user) continue;
        const taken = uniform(random) * free < wanted - drawn;
        free -= 1;
        if (taken && exclude(item)) out[at + drawn++] = item;
      }
      return drawn;
    },
  };
}

/** [items]: the domain of each; of x they are itemStarts[x] to itemStarts[x + 1] - 1. */
export function domainsOfItems(itemStarts: Int32Array): Uint8Array {
  const domains = new Uint8Array(itemStarts.at(-1)!);
  for (let x = 0; x + 1 < itemStarts.length; x++) domains.fill(x, itemStarts[x], itemStarts[x + 1]);
  return domains;
}
