import { describe, expect, test } from "vitest";
import { populationOf } from "../population/index.ts";
import { domainOfRows, type Row } from "../population/tables.fixture.ts";
import { requestKnowledge } from "./index.ts";

const settings = { recency: 1, text: 5, windowsDays: [30], windowWeights: [1], decay: 0.8 };
/** With texts, that of tea being the given one, or without. */
function world(text: string | undefined) {
  const rows: readonly Row[] = [
    ["ann", "tea", 1, "train", text ?? null],
    ["ann", "jam", 2, "valid", "red jam"],
    ["ann", "rye", 3, "test", null],
    ["bob", "oil", 1, "train", "red oil"],
  ];
  const bare = rows.map(([user, item, day, part]): Row => [user, item, day, part]);
  return populationOf([domainOfRows("food", text === undefined ? bare : rows)]);
}

/** Events between these days, all of items with one text. */
const timed = (days: readonly number[], text: string) =>
  populationOf([
    domainOfRows(
      "food",
      ["train", "train", "valid", "test"].map((part, i): Row => {
        const day = days[0]! + (i / 3) * (days[1]! - days[0]!);
        return [`u${i}`, `${i}`, day, part as "train", text];
      }),
    ),
  ]);

test("numbers and weights are those that settings give a weight", () => {
  const population = world("green tea");
  const of = (own: object) => {
    const { names, weights } = requestKnowledge(population, { ...settings, ...own });
    return [names, [...weights]];
  };
  expect(of({})).toEqual([
    ["recency", "text"],
    [1, 5],
  ]);
  expect(of({ recency: 0 })).toEqual([["text"], [5]]);
  expect(of({ text: 0 })).toEqual([["recency"], [1]]);
  expect(of({ recency: 0, text: 0 })).toEqual([[], []]);
});

test("counts are of training events; a given recency takes their place", () => {
  const population = world("green tea");
  const score = (given: Parameters<typeof requestKnowledge>[2]) => {
    const reader = requestKnowledge(population, settings, given).reader();
    const out = new Float32Array(2);
    return population.itemIds.map((_, item) => {
      reader.write(item, 4, out, 0);
      return out[0]!;
    });
  };
  const [jam, oil, rye, tea] = score({});
  // jam and rye have held-out events alone.
  expect([jam, rye]).toEqual([Math.fround(Math.log(0.05)), Math.fround(Math.log(0.05))]);
  expect([oil, tea]).toEqual([oil, oil]);
  expect(oil).toBeCloseTo(Math.log(1 + 0.01 * Math.log(2) + 0.05), 6);
  expect(score({ recency: { score: (item) => item } })).toEqual([0, 1, 2, 3]);
});

test("readers do not share a history", () => {
  const { reader } = requestKnowledge(world("red tea"), { ...settings, recency: 0 });
  const [one, other] = [reader(), reader()];
  const out = new Float32Array(2);
  one.push(3);
  one.write(3, 0, out, 0);
  other.write(3, 0, out, 1);
  expect([...out]).toEqual([expect.closeTo(1, 6), 0]);
});

describe("what settings may not ask for", () => {
  test("texts where no column has the role", () =>
    expect(() => requestKnowledge(world(undefined), settings)).toThrow(
      expect.objectContaining({ code: "METHOD_NEEDS_TEXT" }),
    ));
  test("texts that are all empty", () =>
    expect(() => requestKnowledge(timed([1, 2], ""), settings)).toThrow(
      expect.objectContaining({
        code: "METHOD_NEEDS_TEXT",
        message: expect.stringContaining("but no text has a word"),
      }),
    ));
  test.each([
    { of: "days read as seconds", days: [18_000 / 86_400, 19_000 / 86_400], says: "one day" },
    { of: "milliseconds read as seconds", days: [18_000_000, 19_000_000], says: "2738 years" },
  ])("popularity by days, of $of", ({ days, says }) => {
    expect(() => requestKnowledge(timed(days, "tea"), settings)).toThrow(
      expect.objectContaining({
        code: "POPULATION_TIME_UNIT",
        message: expect.stringContaining(says),
      }),
    );
    expect(() => requestKnowledge(timed(days, "tea"), { ...settings, recency: 0 })).not.toThrow();
  });
  test("windows without weights", () =>
    expect(() => requestKnowledge(world("tea"), { ...settings, windowsDays: [7, 30] })).toThrow(
      expect.objectContaining({
        code: "METHOD_WINDOWS",
        message: expect.stringContaining("2 windows (7, 30), windowWeights 1 weights (1)"),
      }),
    ));
});
