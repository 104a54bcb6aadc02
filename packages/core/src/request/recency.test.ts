import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { itemTimes, recencyOf, windowShares } from "./index.ts";
import { eventsOf, NUM_ITEMS, someEvents, type Event } from "./naive.fixture.ts";

const windows = { windowsDays: [7, 30, 90], windowWeights: [1, 1, 1] };
const recency = (events: readonly Event[], options = windows) =>
  recencyOf(itemTimes(NUM_ITEMS, eventsOf(events)), options);

test("times of items, of all users together and in order", () => {
  const { offsets, days } = itemTimes(
    NUM_ITEMS,
    eventsOf([
      [0, 2, 5],
      [1, 2, 3],
      [0, 0, 4],
      [2, 2, 3],
    ]),
  );
  expect([...offsets]).toEqual([0, 1, 1, 4, 4]);
  expect([...days]).toEqual([4, 3, 3, 5]);
});

test("an event counts by the rates of the windows that it is in", () => {
  // 1/7, 1/30 and 1/90 in parts of 630: 90 + 21 + 7 = 118.
  windowShares(windows).forEach((share, w) => expect(share).toBeCloseTo([90, 21, 7][w]! / 118, 14));
  windowShares({ windowsDays: [10, 20], windowWeights: [1, 6] }).forEach((share, w) =>
    expect(share).toBeCloseTo([0.25, 0.75][w]!, 14),
  );
  expect(() => windowShares({ windowsDays: [10], windowWeights: [] })).toThrow(RangeError);
});

describe("two events on day 10", () => {
  const score = (days: number, item = 1) =>
    recency([
      [0, 1, 10.2],
      [1, 1, 10.9],
    ]).score(item, days);
  const expected = (mix: number) => Math.log(mix + 0.01 * Math.log(3) + 0.05);

  test.each([
    ["at the same instant", 10.2, Math.log(0.05)],
    ["later that day", 10.99, Math.log(0.05)],
    ["the next day, in all windows", 11, expected(2)],
    ["seven days later still", 17.99, expected(2)],
    ["eight days later, in two windows", 18, expected((2 * 28) / 118)],
    ["after the longest window", 101, expected(0)],
  ])("%s", (_, days, value) => expect(score(days)).toBeCloseTo(value, 12));

  test("another item has none", () => expect(score(11, 2)).toBe(Math.log(0.05)));
});

const options = fc.array(
  fc.record({
    days: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.5, max: 60, noNaN: true })),
    weight: fc.double({ min: 0.1, max: 5, noNaN: true }),
  }),
  { minLength: 1, maxLength: 3 },
);

test("of any events, the score is that of counting them anew for each request", () => {
  fc.assert(
    fc.property(someEvents, options, fc.integer({ min: -50, max: 200 }), (events, given, day) => {
      const windowsDays = given.map(({ days }) => days);
      const chosen = { windowsDays, windowWeights: given.map(({ weight }) => weight) };
      const { score } = recency(events, chosen);
      const shares = windowShares(chosen);
      for (let item = 0; item < NUM_ITEMS; item++) {
        const before = events
          .filter((event) => event[1] === item && Math.floor(event[2]) < day)
          .map(([, , days]) => Math.floor(days));
        const mix = windowsDays.reduce(
          (sum, window, w) =>
            sum + shares[w]! * before.filter((days) => days + window >= day).length,
          0,
        );
        const value = Math.log(mix + 0.01 * Math.log1p(before.length) + 0.05);
        expect(score(item, day + 0.5)).toBeCloseTo(value, 12);
      }
    }),
  );
});

test("no event of the request's day or later, in any number, changes a score", () => {
  fc.assert(
    fc.property(someEvents, someEvents, fc.integer({ min: -40, max: 120 }), (events, more, day) => {
      const later = more.filter(([, , days]) => days >= day);
      const [without, with_] = [recency(events), recency([...events, ...later])];
      for (let item = 0; item < NUM_ITEMS; item++)
        for (const days of [day - 30, day - 0.5, day, day + 0.999])
          expect(with_.score(item, days)).toBe(without.score(item, days));
    }),
  );
});
