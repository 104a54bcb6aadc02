import { expect, test } from "vitest";
import { eventsOf } from "../../request/histogram.fixture.ts";
import { clientEvents } from "./client-events.ts";

const events = eventsOf([
  [
    [0, 1],
    [5, 2],
    [1, 3],
  ],
  [[6, 4]],
  [
    [2, 5],
    [3, 6],
    [7, 7],
  ],
]);
const itemStarts = Int32Array.of(0, 4, 9);
const usersOf = (client: number) => Int32Array.of(client);

test("of each user the latest events count, whatever client it is in", () => {
  const numbers = Int32Array.of(0, 2);
  expect(clientEvents(events, { numbers, usersOf }, { most: 2, itemStarts })).toEqual(
    eventsOf([
      [
        [5, 2],
        [1, 3],
      ],
      [
        [3, 6],
        [7, 7],
      ],
    ]),
  );
  const cohort = { numbers: Int32Array.of(0), usersOf: () => Int32Array.of(2, 1) };
  expect(clientEvents(events, cohort, { most: 1, itemStarts })).toEqual(
    eventsOf([
      [
        [7, 7],
        [6, 4],
      ],
    ]),
  );
});

test("a silo has the latest events of its own domain", () => {
  const silos = {
    numbers: Int32Array.of(0, 1),
    usersOf: () => Int32Array.of(0, 1, 2),
    domainOf: (client: number) => client,
  };
  expect(clientEvents(events, silos, { most: 1, itemStarts })).toEqual(
    eventsOf([
      [
        [1, 3],
        [3, 6],
      ],
      [
        [5, 2],
        [6, 4],
        [7, 7],
      ],
    ]),
  );
});
