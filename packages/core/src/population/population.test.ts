import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsConfig, splitClient } from "../data/index.ts";
import { explicitRules, interactions, number, tableOf, text } from "../data/tables.fixture.ts";
import { domainOfItem, populationOf, TEST, TRAIN, trainingEvents, VALID } from "./index.ts";
import { domainOfRows, twoDomains, type Row } from "./tables.fixture.ts";

describe("two domains with one common user", () => {
  const population = populationOf(twoDomains());

  test("users are one person where the id is the same; users and items are numbered by their ids", () => {
    expect(population.domains).toEqual(["food", "kitchen"]);
    expect(population.userIds).toEqual(["ann", "bob", "cem"]);
    expect(population.itemIds).toEqual(["9", "10", "x", "y", "cup", "lid", "pan", "pot"]);
    expect([...population.itemStarts]).toEqual([0, 4, 8]);
    expect([0, 3, 4, 7].map((item) => domainOfItem(population, item))).toEqual([0, 0, 1, 1]);
  });

  test("events lie user by user in time; those of one instant by domain, then by row", () => {
    const named = Array.from(population.item, (item, e) => [
      population.itemIds[item],
      population.days[e],
      population.part[e],
    ]);
    expect([...population.starts]).toEqual([0, 6, 9, 12]);
    expect(named).toEqual([
      ["10", 1, TRAIN],
      ["9", 3, TRAIN],
      ["pot", 3, TRAIN],
      ["pan", 3, TRAIN],
      ["lid", 4, VALID],
      ["x", 5, TEST],
      ["y", 1, TRAIN],
      ["9", 2, TRAIN],
      ["10", 4, VALID],
      ["pan", 1, TRAIN],
      ["cup", 2, TRAIN],
      ["lid", 6, TEST],
    ]);
  });

  test("every row of a split knows its event", () => {
    twoDomains().forEach((split, d) =>
      split.user.forEach((_, row) => {
        const event = population.eventOfRow[d]![row]!;
        expect(population.days[event]).toBe(split.time![row]);
        const column = split.categorical.find(({ name }) => name === "item")!.column;
        if (column.kind !== "text") throw new Error("items are text");
        expect(population.itemIds[population.item[event]!]).toBe(column.values[column.codes[row]!]);
      }),
    );
  });

  test("an item's text is that of its first training row with one, else of its first row; else empty", () => {
    expect(population.itemText).toEqual([
      "black tea",
      "green tea",
      "coffee",
      "salt",
      "",
      "",
      "",
      "",
    ]);
    expect(populationOf([twoDomains()[1]]).itemText).toBeUndefined();
  });

  test("training events are those of the part train, in the same order", () => {
    const { starts, item, days } = trainingEvents(population);
    expect([...starts]).toEqual([0, 4, 6, 8]);
    const ids = Array.from(item, (i) => population.itemIds[i]);
    expect(ids.join(" ")).toBe("10 9 pot pan y 9 pan cup");
    expect([...days]).toEqual([1, 3, 3, 3, 1, 2, 1, 2]);
  });
});

test.each([
  ["days", 1],
  ["seconds", 86_400],
  ["milliseconds", 86_400_000],
  [undefined, 86_400],
] as const)("a time in %s is told in days", (timeUnit, unit) => {
  const rows = [1, 2.5, 4, 7].map((day, i) => ["u", `i${i}`, day * unit] as const);
  const columns = columnsConfig.parse({ user: "who", item: "what", time: "when", timeUnit });
  const rules = { client: "a", columns, feedback: "implicit", split: oneOut } as const;
  const split = splitClient(interactions([...rows, ["v", "i9", unit]]), rules, 1);
  expect([...populationOf([split]).days]).toEqual([1, 2.5, 4, 7, 1]);
});
const oneOut = { kind: "leave-one-out", minimumRows: 3 } as const;

test("what held-out rows hold reaches neither numbers of users and items nor training events", () => {
  const row = fc.tuple(
    fc.constantFrom("u1", "u2", "u3"),
    fc.constantFrom("i1", "i2", "i3", "i4"),
    fc.nat(9),
    fc.constantFrom<Row[3]>("train", "valid", "test"),
  );
  // Rows that bring every id, and every part, whatever else is there.
  const base: Row[] = [
    ["u1", "i1", 0, "train", "a"],
    ["u2", "i2", 1, "train", "b"],
    ["u3", "i3", 2, "train", "c"],
    ["u1", "i4", 3, "valid", "d"],
    ["u1", "i3", 4, "test", "c"],
    ["u9", "i9", 0, "train", "d"],
  ];
  const textOf = { i1: "a", i2: "b", i3: "c", i4: "d" } as Record<string, string>;
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 20 }),
      fc.array(row, { minLength: 20, maxLength: 20 }),
      (rows, others) => {
        const given = rows.map((own): Row => [...own, textOf[own[1]]!]);
        // Held-out rows get another user, item and time; training rows stay.
        const scrambled = given.map((own, i): Row => {
          const [user, item, day] = others[i]!;
          return own[3] === "train" ? own : [user, item, day, own[3], textOf[item]!];
        });
        const of = (held: readonly Row[]) => {
          const population = populationOf([domainOfRows("a", [...base, ...held])]);
          const { userIds, itemIds, itemText } = population;
          return { userIds, itemIds, itemText, training: trainingEvents(population) };
        };
        expect(of(scrambled)).toEqual(of(given));
      },
    ),
    { numRuns: 50 },
  );
});

describe("what a population needs", () => {
  const rows = interactions([
    ["u", "a", 1],
    ["u", "b", 2],
    ["u", "c", 3],
    ["v", "d", 3],
  ]);
  const splitOf = (columns: object) =>
    splitClient(
      rows,
      {
        client: "shop",
        columns: columnsConfig.parse(columns),
        feedback: "implicit",
        split: { kind: "random", valid: 0.25, test: 0.25 },
      },
      1,
    );

  test("a time", () =>
    expect(() => populationOf([splitOf({ user: "who", item: "what" })])).toThrow(
      expect.objectContaining({
        code: "POPULATION_NEEDS_TIME",
        message: expect.stringContaining('client "shop"'),
      }),
    ));

  test("events, not labels", () => {
    const table = tableOf({
      click: number(Array.from({ length: 60 }, (_, i) => i % 2)),
      colour: text(Array(60).fill("red")),
      price: number(Array(60).fill(1)),
    });
    expect(() => populationOf([splitClient(table, explicitRules, 1)])).toThrow(
      expect.objectContaining({ code: "POPULATION_NEEDS_POSITIVES" }),
    );
  });

  test("users and items", () => {
    const split = splitOf({ user: "who", item: "what", time: "when" });
    const without = { ...split, categorical: split.categorical.slice(1) };
    expect(() => populationOf([without])).toThrow(
      expect.objectContaining({
        code: "POPULATION_NEEDS_IDS",
        message: expect.stringContaining("data.columns.user"),
      }),
    );
  });
});

test("where validation rows are measured in place of test rows, these are seen by nobody", () => {
  const splits = twoDomains().map((split) => ({ ...split, test: split.valid }));
  const [usual, population] = [populationOf(twoDomains()), populationOf(splits)];
  expect(population.part).toEqual(usual.part);
  expect(trainingEvents(population)).toEqual(trainingEvents(usual));
});
