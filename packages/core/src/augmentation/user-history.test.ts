import { expect, test } from "vitest";
import { trainingEvents } from "../population/index.ts";
import { populationOfItems } from "./population.fixture.ts";
import { userHistory } from "./user-history.ts";

const population = {
  ...populationOfItems([
    [4, 4],
    [0, 9, 1, 8, 2, 3],
  ]),
  days: Float64Array.of(0, 0, 10, 12, 15.5, 20, 30, 31),
};
const of = (user: number, domain: number | undefined) =>
  userHistory(population, trainingEvents(population), { user, domain });

test("a history is all training events, with days to the latest of them", () => {
  expect(of(1, undefined)).toEqual({ user: 1, items: [0, 9, 1, 8], ages: [10, 8, 4.5, 0] });
  expect(of(0, undefined)).toEqual({ user: 0, items: [], ages: [] });
});

test("of one domain it is what this domain has of it, and no more", () => {
  expect(of(1, 0)).toEqual({ user: 1, items: [0, 1], ages: [5.5, 0] });
  expect(of(1, 1)).toEqual({ user: 1, items: [9, 8], ages: [8, 0] });
});
