import type { TrainingEvents } from "../population/index.ts";
import type { ItemTimes } from "./types.ts";

/** The times of each item's training events. */
export function itemTimes(numItems: number, events: TrainingEvents): ItemTimes {
  const { item, days: dayOf } = events;
  const offsets = new Int32Array(numItems + 1);
  for (const i of item) offsets[i + 1]! += 1;
  for (let i = 0; i < numItems; i++) offsets[i + 1]! += offsets[i]!;
  const next = offsets.slice();
  const days = new Float64Array(item.length);
  for (let event = 0; event < item.length; event++) days[next[item[event]!]!++] = dayOf[event]!;
  for (let i = 0; i < numItems; i++) days.subarray(offsets[i], offsets[i + 1]).sort();
  return { offsets, days };
}
