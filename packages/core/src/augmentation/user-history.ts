import type { Population, TrainingEvents } from "../population/index.ts";
import type { UserHistory } from "./types.ts";

/** A user's training events, of all domains or of the given one alone, as augmenters see them. */
export function userHistory(
  { itemStarts }: Pick<Population, "itemStarts">,
  { starts, item, days }: TrainingEvents,
  { user, domain }: { readonly user: number; readonly domain: number | undefined },
): UserHistory {
  const first = domain === undefined ? 0 : itemStarts[domain]!;
  const end = domain === undefined ? Infinity : itemStarts[domain + 1]!;
  const items: number[] = [];
  const times: number[] = [];
  for (let event = starts[user]!; event < starts[user + 1]!; event++) {
    const one = item[event]!;
    if (one < first || one >= end) continue;
    items.push(one);
    times.push(days[event]!);
  }
  return { user, items, ages: times.map((time) => times.at(-1)! - time) };
}
