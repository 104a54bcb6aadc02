import type { SplitClient } from "../data/index.ts";
import { domainRows, type DomainRows } from "./domain.ts";
import { itemTexts } from "./item-texts.ts";
import { sortedIds } from "./sorted-ids.ts";
import { TRAIN, type Population, type TrainingEvents } from "./types.ts";

/**
 * Joins domains by the raw ids of users. Users, and the items of each domain, are numbered in the order of
 * their ids (`sortedIds`), so that held-out events change no number as long as the ids are the same. Events
 * of one user and instant stand by domain, then by row. Throws where a domain has no user, item or time, or
 * rows that carry labels.
 */
export function populationOf(splits: readonly SplitClient[]): Population {
  const domains = splits.map((split) => domainRows(split));
  const userIds = sortedIds(domains.flatMap(({ user }) => [...idsOf(user)]));
  const numberOfUser = numbered(userIds);
  const itemIds: string[] = [];
  const itemStarts = new Int32Array(domains.length + 1);
  const userOfRow: Int32Array[] = [];
  const itemOfRow: Int32Array[] = [];
  domains.forEach(({ user, item }, d) => {
    const own = sortedIds(idsOf(item));
    const start = itemIds.length;
    for (const id of own) itemIds.push(id);
    itemStarts[d + 1] = itemIds.length;
    userOfRow.push(numbersOfRows(user, numberOfUser, 0));
    itemOfRow.push(numbersOfRows(item, numbered(own), start));
  });
  const itemText = itemTexts(domains, itemOfRow, itemIds.length);
  const names = domains.map(({ name }) => name);
  const events = inOrder(domains, userOfRow, itemOfRow, userIds.length);
  return { domains: names, userIds, itemIds, itemStarts, itemText, ...events };
}

/** The training events of everybody, in the same order. */
export function trainingEvents(population: Population): TrainingEvents {
  const { part } = population;
  const numUsers = population.starts.length - 1;
  let count = 0;
  for (const value of part) if (value === TRAIN) count += 1;
  const starts = new Int32Array(numUsers + 1);
  const item = new Int32Array(count);
  const days = new Float64Array(count);
  let at = 0;
  for (let user = 0; user < numUsers; user++) {
    const end = population.starts[user + 1]!;
    for (let event = population.starts[user]!; event < end; event++) {
      if (part[event] !== TRAIN) continue;
      item[at] = population.item[event]!;
      days[at++] = population.days[event]!;
    }
    starts[user + 1] = at;
  }
  return { starts, item, days };
}

/** Values that some row has. */
function idsOf({ codes, values }: DomainRows["user"]): Set<string> {
  const has = new Uint8Array(values.length);
  for (const code of codes) has[code] = 1;
  return new Set(values.filter((_, code) => has[code] === 1));
}

function numbered(ids: readonly string[]): ReadonlyMap<string, number> {
  return new Map(ids.map((id, number) => [id, number]));
}

function numbersOfRows(
  { codes, values }: DomainRows["user"],
  numberOf: ReadonlyMap<string, number>,
  start: number,
): Int32Array {
  const ofCode = Int32Array.from(values, (id) => start + (numberOf.get(id) ?? -1 - start));
  return codes.map((code) => ofCode[code]!);
}

/** Lays all rows user after user, each user's by time; rows of equal time by domain, then by row. */
function inOrder(
  domains: readonly DomainRows[],
  userOfRow: readonly Int32Array[],
  itemOfRow: readonly Int32Array[],
  numUsers: number,
): Pick<Population, "starts" | "item" | "days" | "part" | "eventOfRow"> {
  const offsets = [0];
  for (const { numRows } of domains) offsets.push(offsets.at(-1)! + numRows);
  const numEvents = offsets.at(-1)!;
  const user = new Int32Array(numEvents);
  const time = new Float64Array(numEvents);
  domains.forEach((domain, d) => {
    user.set(userOfRow[d]!, offsets[d]);
    time.set(domain.days, offsets[d]);
  });
  const order = Int32Array.from({ length: numEvents }, (_, row) => row).sort(
    (a, b) => user[a]! - user[b]! || time[a]! - time[b]! || a - b,
  );
  const eventOf = new Int32Array(numEvents);
  const days = new Float64Array(numEvents);
  const starts = new Int32Array(numUsers + 1);
  order.forEach((row, event) => {
    eventOf[row] = event;
    days[event] = time[row]!;
    starts[user[row]! + 1]! += 1;
  });
  for (let u = 0; u < numUsers; u++) starts[u + 1]! += starts[u]!;
  const item = new Int32Array(numEvents);
  const part = new Uint8Array(numEvents);
  const eventOfRow = domains.map((domain, d) => {
    const own = eventOf.slice(offsets[d], offsets[d + 1]);
    own.forEach((event, row) => {
      item[event] = itemOfRow[d]![row]!;
      part[event] = domain.part[row]!;
    });
    return own;
  });
  return { starts, item, days, part, eventOfRow };
}
