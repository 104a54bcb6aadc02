import { TEST, TRAIN, VALID, type Population } from "./types.ts";

/** The event of a row of a domain, by the domain's name. */
export function eventOf(population: Population, part: string, row: number): number {
  const event = population.eventOfRow[domainOf(population, part)]![row];
  if (event === undefined) throw new RangeError(`domain ${part} has no row ${row}`);
  return event;
}

/** The number of a domain. */
export function domainOf({ domains }: Population, name: string): number {
  const domain = domains.indexOf(name);
  if (domain < 0) throw new RangeError(`no domain ${name}; there are: ${domains.join(", ")}`);
  return domain;
}

/** The domain of an item. */
export function domainOfItem({ itemStarts }: Pick<Population, "itemStarts">, item: number): number {
  let domain = 0;
  while (itemStarts[domain + 1]! <= item) domain += 1;
  return domain;
}

/** The user of an event. */
export function userOf({ starts }: Pick<Population, "starts">, event: number): number {
  let low = 0;
  let high = starts.length - 1;
  // starts[low] <= event < starts[high]
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= event) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Writes what a request may look at to `out`, oldest first, and says how many they are: events of the same
 * user that stand before `event`, those of training, for a test event those of validation too. Where they are
 * more than `out` holds, the latest. Allocates nothing.
 */
export function fillHistory(population: Population, event: number, out: Int32Array): number {
  const { part, starts } = population;
  const last = part[event] === TEST ? VALID : TRAIN;
  const start = starts[userOf(population, event)]!;
  let at = out.length;
  for (let e = event - 1; e >= start && at > 0; e--) if (part[e]! <= last) out[--at] = e;
  out.copyWithin(0, at);
  return out.length - at;
}

/** Entries that `fillHistory` needs at most. */
export function longestHistory({ starts }: Pick<Population, "starts">): number {
  let longest = 0;
  for (let user = 0; user + 1 < starts.length; user++)
    longest = Math.max(longest, starts[user + 1]! - starts[user]! - 1);
  return longest;
}
