import type { TrainingEvents } from "../../population/index.ts";

/** Training events by user: items, one a day. */
export function eventsOf(users: readonly (readonly number[])[]): TrainingEvents {
  const starts = new Int32Array(users.length + 1);
  users.forEach((items, user) => (starts[user + 1] = starts[user]! + items.length));
  const days = Float64Array.from(users.flatMap((items) => items.map((_, i) => i)));
  return { starts, item: Int32Array.from(users.flat()), days };
}
