import fc from "fast-check";
import { expect, test } from "vitest";
import { domainsOfItems } from "./negatives.ts";
import { eventsOf } from "./people.fixture.ts";
import { byRung, rungsOf } from "./rungs.ts";
import { chunkSizesOf, type SizesOptions } from "./sizes.ts";

const usual: SizesOptions = {
  users: 64,
  domains: 2,
  length: 30,
  domainLength: 20,
  negatives: 100,
  width: 64,
  publicWidth: 0,
  learnedRows: true,
  profileWidth: 0,
  requestNumbers: 0,
  liked: 0,
};
const fits = { fitsLength: true } as const;

test("each rung is two thirds of the one before, with places for what its users need", () => {
  const rungs = rungsOf(fits, chunkSizesOf({ ...usual, liked: 2 }));
  expect(rungs.map(({ length }) => length)).toEqual([30, 20, 14]);
  expect(rungs.map(({ domainLength }) => domainLength)).toEqual([20, 14, 10]);
  expect(rungs[2]).toEqual(chunkSizesOf({ ...usual, liked: 2, length: 14, domainLength: 10 }));
});

test("one rung where sequences are short already, and where a model wants all users alike", () => {
  const short = chunkSizesOf({ ...usual, length: 9 });
  expect(rungsOf(fits, short)).toEqual([short]);
  const sizes = chunkSizesOf(usual);
  expect(rungsOf({}, sizes)).toEqual([sizes]);
});

test("every user with a target goes through the shortest program that holds all of its events, once", () => {
  const user = fc.array(fc.nat(19), { maxLength: 45 });
  fc.assert(
    fc.property(fc.array(user, { maxLength: 12 }), fc.nat(3), (histories, liked) => {
      const rungs = rungsOf(fits, chunkSizesOf({ ...usual, liked }));
      const domainOf = domainsOfItems(Int32Array.of(0, 10, 20));
      const users = Int32Array.from(histories, (_, i) => histories.length - 1 - i);
      const { order, rung } = byRung(users, rungs, { events: eventsOf(histories), domainOf });
      const learning = [...users.keys()].filter((place) => histories[users[place]!]!.length > 1);
      expect([...order].toSorted((a, b) => a - b)).toEqual(learning);
      const holds = (k: number, inputs: readonly number[]) =>
        rungs[k]!.length >= Math.min(30, inputs.length) &&
        [0, 1].every((x) => {
          const count = inputs.filter((item) => domainOf[item] === x).length;
          return rungs[k]!.domainLength >= Math.min(20, count + liked);
        });
      for (const [i, place] of order.entries()) {
        const inputs = histories[users[place]!]!.slice(0, -1);
        expect(holds(rung[i]!, inputs)).toBe(true);
        if (rung[i]! + 1 < rungs.length) expect(holds(rung[i]! + 1, inputs)).toBe(false);
        if (i === 0) continue;
        const isLater = rung[i]! > rung[i - 1]! || place > order[i - 1]!;
        expect(isLater && rung[i]! >= rung[i - 1]!).toBe(true);
      }
    }),
  );
});
