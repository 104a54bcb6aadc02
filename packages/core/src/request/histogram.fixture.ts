import fc from "fast-check";
import type { TrainingEvents } from "../population/index.ts";

/** Nine items in two domains, of four and of five. */
export const itemStarts = Int32Array.of(0, 4, 9);
export const span = { first: 0, last: 99.5 };

export type Event = readonly [item: number, day: number];

/** Rows of events. */
export function eventsOf(rows: readonly (readonly Event[])[]): TrainingEvents {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.length;
  });
  return {
    starts,
    item: Int32Array.from(rows.flat(), ([item]) => item),
    days: Float64Array.from(rows.flat(), ([, day]) => day),
  };
}

/** Rows in no order of time, of events that often repeat. */
export const someRows: fc.Arbitrary<Event[][]> = fc.array(
  fc.array(
    fc.tuple(
      fc.nat({ max: 8 }),
      fc.nat({ max: 199 }).map((half) => half / 2),
    ),
    {
      maxLength: 12,
    },
  ),
  { minLength: 1, maxLength: 8 },
);
