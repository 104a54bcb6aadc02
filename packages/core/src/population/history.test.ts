import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  eventOf,
  fillHistory,
  longestHistory,
  populationOf,
  TEST,
  TRAIN,
  userOf,
  VALID,
} from "./index.ts";
import { domainOfRows, twoDomains, type Row } from "./tables.fixture.ts";

const population = populationOf(twoDomains());
const itemsBefore = (event: number, room = longestHistory(population)) => {
  const out = new Int32Array(room);
  const length = fillHistory(population, event, out);
  return Array.from(out.subarray(0, length), (e) => population.itemIds[population.item[e]!]);
};

test("the history of a request: training events before it, for a test event those of validation too", () => {
  // ann's last row in food, a test event.
  const test = eventOf(population, "food", 5);
  expect(itemsBefore(test)).toEqual(["10", "9", "pot", "pan", "lid"]);
  const valid = population.part.indexOf(VALID);
  expect(itemsBefore(valid)).toEqual(["10", "9", "pot", "pan"]);
  expect(itemsBefore(0)).toEqual([]);
});

test("where it is longer than there is room, the latest of it", () => {
  const last = eventOf(population, "food", 5);
  expect(itemsBefore(last, 2)).toEqual(["pan", "lid"]);
  expect(itemsBefore(last, 0)).toEqual([]);
});

test("unknown names and rows are refused", () => {
  expect(() => eventOf(population, "garden", 0)).toThrow("no domain garden");
  expect(() => eventOf(population, "food", 99)).toThrow("no row 99");
});

test("of any population, the history is what a scan of all events finds", () => {
  const row = fc.tuple(
    fc.constantFrom("u1", "u2", "u3"),
    fc.constantFrom("i1", "i2", "i3"),
    fc.nat(6),
    fc.constantFrom<Row[3]>("train", "valid", "test"),
  );
  const base: Row[] = [
    ["u1", "i1", 0, "train"],
    ["u1", "i2", 0, "valid"],
    ["u2", "i3", 3, "test"],
    ["u9", "i9", 3, "train"],
  ];
  const domain = fc.array(row, { maxLength: 12 }).map((rows) => [...base, ...rows]);
  fc.assert(
    fc.property(domain, domain, fc.integer({ min: 0, max: 12 }), (a, b, room) => {
      const world = populationOf([domainOfRows("a", a), domainOfRows("b", b)]);
      const out = new Int32Array(room);
      world.item.forEach((_, event) => {
        const user = userOf(world, event);
        expect(world.starts[user]! <= event && event < world.starts[user + 1]!).toBe(true);
        const known = [...world.item.keys()].filter((other) => {
          const earlier = other < event && userOf(world, other) === user;
          return (
            earlier &&
            (world.part[other] === TRAIN ||
              (world.part[other] === VALID && world.part[event] === TEST))
          );
        });
        const length = fillHistory(world, event, out);
        expect([...out.subarray(0, length)]).toEqual(known.slice(Math.max(0, known.length - room)));
        expect(known.length).toBeLessThanOrEqual(longestHistory(world));
      });
    }),
    { numRuns: 50 },
  );
});
