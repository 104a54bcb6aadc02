import * as fc from "fast-check";
import type { TrainingEvents } from "../population/index.ts";

/** One event: its user, its item and when. */
export type Event = readonly [user: number, item: number, days: number];

export const NUM_USERS = 3;
export const NUM_ITEMS = 4;

/** Some events of three users and four items. */
export const someEvents = fc.array(
  fc.tuple(
    fc.nat(NUM_USERS - 1),
    fc.nat(NUM_ITEMS - 1),
    fc.double({ min: -40, max: 120, noNaN: true }),
  ),
  { maxLength: 40 },
);

export function eventsOf(events: readonly Event[]): TrainingEvents {
  const sorted = events.toSorted((a, b) => a[0] - b[0] || a[2] - b[2]);
  const starts = new Int32Array(NUM_USERS + 1);
  for (const [user] of events) starts[user + 1]! += 1;
  for (let user = 0; user < NUM_USERS; user++) starts[user + 1]! += starts[user]!;
  return {
    starts,
    item: Int32Array.from(sorted, ([, item]) => item),
    days: Float64Array.from(sorted, ([, , days]) => days),
  };
}
