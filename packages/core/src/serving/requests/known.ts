import type { KeptHistories, KeptPopulation } from "../../methods/index.ts";
import { domainOfItem } from "../../population/index.ts";

/** Between the name of a domain and an item of it, in lists of several domains. */
export const DOMAIN_MARK = ":";

/** What a party knows of users and items, asked by raw ids. */
export interface Known {
  /** The number of an item of a domain; -1: none. */
  readonly itemOf: (domain: number, id: string) => number;
  /** The number of a user; -1: none. */
  readonly userOf: (id: string) => number;
  /** What a known user chose before a request at the time in a domain, oldest first. */
  readonly eventsOf: (user: number, asked: { domain: number; days: number }) => Int32Array;
  /**
   * The number of a text such as "kitchen:pan" or, of the domain that is asked, "tea"; -1: no item that the
   * model knows.
   */
  readonly markedItemOf: (text: string, domain: number) => number;
}

export function knownBy(
  kept: Pick<KeptPopulation, "domains" | "itemIds" | "itemStarts">,
  histories: KeptHistories,
): Known {
  const { domains, itemIds, itemStarts } = kept;
  const itemsOf = domains.map(
    (_, d) =>
      new Map(
        itemIds
          .slice(itemStarts[d], itemStarts[d + 1])
          .map((id, i) => [id, itemStarts[d]! + i] as const),
      ),
  );
  const users = new Map(histories.userIds.map((id, user) => [id, user]));
  const { starts, item, days: dayOf } = histories;
  const itemOf = (domain: number, id: string) => itemsOf[domain]!.get(id) ?? -1;
  // Of two names that a text begins with, the longer one is meant.
  const marks = domains
    .map((name, domain) => ({ mark: `${name}${DOMAIN_MARK}`, domain }))
    .toSorted((a, b) => b.mark.length - a.mark.length);
  return {
    itemOf,
    userOf: (id) => users.get(id) ?? -1,
    eventsOf: (user, { domain, days }) => {
      if (user < 0) return new Int32Array(0);
      const start = starts[user]!;
      let end = starts[user + 1]!;
      // Events of one instant stand by domain: those of a later one come after the request.
      const isLater = (event: number) =>
        dayOf[event]! > days ||
        (dayOf[event] === days && domainOfItem(kept, item[event]!) > domain);
      while (end > start && isLater(end - 1)) end -= 1;
      return item.slice(start, end);
    },
    markedItemOf: (text, domain) => {
      const marked = marks.find(({ mark }) => text.startsWith(mark));
      return marked === undefined
        ? itemOf(domain, text)
        : itemOf(marked.domain, text.slice(marked.mark.length));
    },
  };
}
