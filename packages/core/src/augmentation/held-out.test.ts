import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { candidateWeights } from "./draw-candidates.ts";
import { heldOutItems, offeredCandidates } from "./held-out.ts";
import { populationOfItems } from "./population.fixture.ts";

test("held out are the distinct items of validation and test in the domain", () => {
  const population = populationOfItems([
    [0, 1, 2, 9, 3],
    [8, 4, 4],
    [7, 7],
  ]);
  const of = (user: number, domain: number) => [...heldOutItems(population, { user, domain })];
  expect([of(0, 0), of(0, 1), of(1, 0), of(1, 1), of(2, 0)]).toEqual([[3], [9], [4], [], [7]]);
});

test("what is held out is left out of an order that does not look at it", () => {
  // Rare items are found last, by other means than drawing again.
  const weights = fc.array(fc.constantFrom(0, 1, 1, 1e6), { minLength: 1, maxLength: 30 });
  const some = fc.uniqueArray(fc.nat(29), { maxLength: 8 });
  fc.assert(
    fc.property(weights, some, some, fc.nat(12), fc.nat(), (all, had, out, count, seed) => {
      const domain = candidateWeights(Float64Array.from(all), { start: 0, end: all.length });
      const offered = (heldOut: readonly number[], most: number) =>
        offeredCandidates(domain, {
          count: most,
          history: new Set(had),
          heldOut: new Set(heldOut),
          random: streamOf(seed),
        });
      const order = offered([], 30);
      const expected = order.filter((item) => !out.includes(item)).slice(0, count);
      expect(offered(out, count)).toEqual(expected);
    }),
  );
});
