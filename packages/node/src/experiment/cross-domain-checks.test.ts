import { expect, test } from "vitest";
import { parseExperiment } from "./read.ts";

const TWO = "domains: { a: { items: 60 }, b: { items: 80 } }";

/** An experiment in a cross-domain world, with further settings of it and other methods. */
const parse = (world: string, rest = "methods: [popularity]") =>
  parseExperiment(
    `data: { kind: cross-domain, ${world} }
split: { kind: given, column: part }
${rest}`,
    "x.yaml",
  );

test("a cross-domain world is of choices, by users that all domains know", () => {
  const lists = "methods: [popularity, best-possible]\nevaluation: { metrics: [ndcg@10] }";
  expect(parse(TWO, lists).evaluation.metrics).toEqual(["ndcg@10"]);
  const { data } = parse(TWO);
  expect(data).toMatchObject({ users: 2000, events: { min: 10, max: 30 }, sharedWeight: 0.6 });
});

test.each([
  ["domains: { a: {} }", /at least two domains/],
  ["domains: { macro: {}, b: {} }", /"macro" names the mean/],
  [`${TWO}, events: { min: 9, max: 8 }`, /is 8, less than the 9 that min says/],
  [`${TWO}, activeDays: 50, days: 40`, /is 50, more than the 40 days of the world/],
  [`${TWO}, events: { max: 31 }`, /has 60 items, of which a user with 31 events/],
  [`${TWO}, users: 2000000`, /users/],
])("%s is refused with what would do", (world, message) => {
  expect(() => parse(world)).toThrow(message);
});
