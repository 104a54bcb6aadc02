import { expect, test } from "vitest";
import { eventsOf } from "./histogram.fixture.ts";
import { latestEvents } from "./latest-events.ts";

test("of each row the last ones stay, in their order", () => {
  const events = eventsOf([
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
    [],
    [[4, 9]],
  ]);
  expect(latestEvents(events, 2)).toEqual(
    eventsOf([
      [
        [2, 2],
        [3, 3],
      ],
      [],
      [[4, 9]],
    ]),
  );
  expect(latestEvents(events, 3)).toEqual(events);
});
