import type { TrainingEvents } from "../../population/index.ts";
import { domainAt, latestEvents } from "../../request/index.ts";

/** The clients that a party simulates. */
export interface ShardClients {
  /** Their numbers among all clients of the federation, ascending. */
  readonly numbers: Int32Array;
  readonly usersOf: (client: number) => Int32Array;
  /** Where a client is a silo: the domain whose events it has, and no others. */
  readonly domainOf?: ((client: number) => number) | undefined;
}

/** A row of training events for each client: of each of its users the latest ones, at most so many. */
export function clientEvents(
  events: TrainingEvents,
  { numbers, usersOf, domainOf }: ShardClients,
  { most, itemStarts }: { readonly most: number; readonly itemStarts: Int32Array },
): TrainingEvents {
  const starts = new Int32Array(numbers.length + 1);
  const item: number[] = [];
  const days: number[] = [];
  // Of a silo the latest are those of its own domain.
  const byDomain = new Map<number, TrainingEvents>();
  const latestOf = (domain: number): TrainingEvents => {
    let latest = byDomain.get(domain);
    if (latest === undefined) {
      const own = domain < 0 ? events : eventsOfDomain(events, itemStarts, domain);
      byDomain.set(domain, (latest = latestEvents(own, most)));
    }
    return latest;
  };
  numbers.forEach((client, row) => {
    const latest = latestOf(domainOf?.(client) ?? -1);
    for (const user of usersOf(client))
      for (let event = latest.starts[user]!; event < latest.starts[user + 1]!; event++) {
        item.push(latest.item[event]!);
        days.push(latest.days[event]!);
      }
    starts[row + 1] = item.length;
  });
  return { starts, item: Int32Array.from(item), days: Float64Array.from(days) };
}

/** Everybody's events in one domain. */
export function eventsOfDomain(
  { starts, item, days }: TrainingEvents,
  itemStarts: Int32Array,
  domain: number,
): TrainingEvents {
  const kept = new Int32Array(starts.length);
  const chosen: number[] = [];
  for (let user = 0; user + 1 < starts.length; user++) {
    for (let event = starts[user]!; event < starts[user + 1]!; event++)
      if (domainAt(itemStarts, item[event]!) === domain) chosen.push(event);
    kept[user + 1] = chosen.length;
  }
  return {
    starts: kept,
    item: Int32Array.from(chosen, (event) => item[event]!),
    days: Float64Array.from(chosen, (event) => days[event]!),
  };
}
