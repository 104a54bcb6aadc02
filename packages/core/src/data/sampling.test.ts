import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numTrainingRows } from "./batches.ts";
import { featuresOf, passOf } from "./pass.fixture.ts";
import { columnsConfig } from "./config.ts";
import { encode } from "./encode.ts";
import { streamOf } from "../random/index.ts";
import { splitClient } from "./split-client.ts";
import { implicitRules, interactions, number, tableOf, text } from "./tables.fixture.ts";

const pair = fc.tuple(fc.nat(5), fc.nat(14));
const someTable = fc
  .array(pair, { minLength: 40, maxLength: 70 })
  .map((pairs) => interactions(pairs.map(([user, item], time) => [`u${user}`, `i${item}`, time])));

const negativesOf = (exclude: "train" | "all") => ({
  training: { ratio: 3, exclude },
  evaluation: { count: 4 },
});

test("without duplicates, no held-out pair is among the training rows", () => {
  fc.assert(
    fc.property(
      someTable,
      fc.constantFrom("first" as const, "last" as const),
      (table, duplicates) => {
        const { user, sampling, train, valid, test } = splitClient(
          table,
          { ...implicitRules, duplicates },
          1,
        );
        const pairs = (rows: Int32Array) =>
          Array.from(rows, (row) => `${user[row]} ${sampling!.item[row]}`);
        const trained = new Set(pairs(train));
        expect(pairs(valid).filter((each) => trained.has(each))).toEqual([]);
        expect(pairs(test).filter((each) => trained.has(each))).toEqual([]);
        expect(trained.size).toBe(train.length);
      },
    ),
  );
});

/** All (user, item) pairs that passes draw as negatives, by name; ratio and distinctness are checked. */
function drawnPairs(table: ReturnType<typeof interactions>, exclude: "train" | "all") {
  const split = splitClient(table, { ...implicitRules, negatives: negativesOf(exclude) }, 1);
  // Every item needs its own table row here, so all values are given a vocabulary.
  const values = (name: string) => {
    const column = split.categorical.find((feature) => feature.name === name)!.column;
    return column.kind === "text" ? column.values : [];
  };
  const vocabularies = { user: values("user"), item: values("item") };
  const { data } = encode([split], { minCount: 1, vocabularies });
  const drawn = new Set<string>();
  for (let pass = 0; pass < 30; pass++)
    for (const batch of passOf(data, { batchSize: 32, random: streamOf(pass) }))
      for (let i = 0; i < batch.numRows; i++)
        if (batch.label[i] === 0)
          drawn.add(
            `${vocabularies.user[batch.categorical[2 * i]! - 2]} ${vocabularies.item[batch.categorical[2 * i + 1]! - 2]}`,
          );
  const pairsIn = (rows: Int32Array) => {
    const column = (name: string) =>
      split.categorical.find((feature) => feature.name === name)!.column;
    const at = (name: string, row: number) => {
      const found = column(name);
      return found.kind === "text" ? found.values[found.codes[row]!]! : "";
    };
    return new Set(Array.from(rows, (row) => `${at("user", row)} ${at("item", row)}`));
  };
  return {
    drawn,
    train: pairsIn(split.train),
    test: pairsIn(split.test),
    valid: pairsIn(split.valid),
  };
}

test("negatives never hold training pairs; held-out pairs are drawn with exclude train, never with all", () => {
  let heldOutDrawn = 0;
  fc.assert(
    fc.property(someTable, (table) => {
      const train = drawnPairs(table, "train");
      for (const each of train.drawn) expect(train.train.has(each)).toBe(false);
      for (const each of train.drawn) if (train.test.has(each)) heldOutDrawn += 1;
      const all = drawnPairs(table, "all");
      for (const each of all.drawn)
        expect(all.train.has(each) || all.valid.has(each) || all.test.has(each)).toBe(false);
    }),
    { numRuns: 15 },
  );
  expect(heldOutDrawn).toBeGreaterThan(0);
});

describe("a client of few items", () => {
  // ann has six of the seven items, bob four, cem two of them.
  const rows = [
    ...["p", "q", "r", "s", "t", "u"].map((item, i) => ["ann", item, i] as const),
    ...["v", "p", "q", "r"].map((item, i) => ["bob", item, 10 + i] as const),
    ...["v", "u"].map((item, i) => ["cem", item, 20 + i] as const),
  ];

  test("lists get the candidates there are, and notes say how few", () => {
    const negatives = {
      training: { ratio: 2, exclude: "train" as const },
      evaluation: { count: 2 },
    };
    const { sampling, notes } = splitClient(interactions(rows), { ...implicitRules, negatives }, 1);
    expect([...sampling!.testCandidates.offsets]).toEqual([0, 1, 3]);
    expect(notes).toEqual([
      "1 of 3 users have fewer than 3 rows: they only train",
      "1 of 2 validation lists have fewer than 2 candidates (fewest: 1), as the client has only 7 items",
      "1 of 2 test lists have fewer than 2 candidates (fewest: 1), as the client has only 7 items",
    ]);
  });

  test("a user who excludes every item gets no negatives: ten positives, one of them with all items", () => {
    const known = [...rows, ["ann", "v", 6.5] as const];
    const negatives = { training: { ratio: 2, exclude: "all" as const }, evaluation: { count: 2 } };
    const split = splitClient(interactions(known), { ...implicitRules, negatives }, 1);
    const { data } = encode([split], { minCount: 1 });
    // ann trains on 5 rows without negatives, bob on 2 and cem on 2 with two each.
    expect(numTrainingRows(data)).toBe(5 + 3 * 4);
    let negativeRows = 0;
    let total = 0;
    for (const batch of passOf(data, { batchSize: 4, random: streamOf(1) })) {
      total += batch.numRows;
      for (let i = 0; i < batch.numRows; i++) if (batch.label[i] === 0) negativeRows += 1;
    }
    expect([total, negativeRows]).toEqual([17, 8]);
    expect(split.notes).toContain(
      "5 of 9 training rows get no negatives: their users know all 7 items",
    );
  });
});

describe("negatives of one positive", () => {
  // Users are pairs of rows apart in time; ann trains on one item of nine.
  const others = ["b", "c", "d", "e", "f", "g"].map((item, i) => ["bob", item, i] as const);
  const anns = [["ann", "a", 10] as const, ["ann", "v", 11] as const, ["ann", "t", 12] as const];
  const negatives = { training: { ratio: 6, exclude: "all" as const }, evaluation: { count: 2 } };
  const split = splitClient(interactions([...others, ...anns]), { ...implicitRules, negatives }, 1);
  const { data } = encode([split], {
    minCount: 1,
    vocabularies: { user: ["ann", "bob"], item: ["a", "b", "c", "d", "e", "f", "g", "v", "t"] },
  });

  test("are distinct while the pool lasts: six negatives of ann are exactly bob's six items", () => {
    for (let pass = 0; pass < 20; pass++) {
      const items: number[] = [];
      for (const batch of passOf(data, { batchSize: 64, random: streamOf(pass) }))
        for (let i = 0; i < batch.numRows; i++)
          if (batch.label[i] === 0 && batch.categorical[2 * i] === 2)
            items.push(batch.categorical[2 * i + 1]!);
      expect(items.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8]);
    }
  });

  test("differ between passes and are the same for the same stream", () => {
    const pass = (seed: number) => {
      const seen: number[] = [];
      for (const batch of passOf(data, { batchSize: 5, random: streamOf(seed) }))
        seen.push(...batch.categorical.subarray(0, 2 * batch.numRows));
      return seen;
    };
    expect(pass(1)).toEqual(pass(1));
    expect(pass(1)).not.toEqual(pass(2));
  });
});

describe("features of candidates", () => {
  const users = ["ann", "bob", "cem"];
  const rows = users.flatMap((who, u) =>
    Array.from({ length: 4 }, (_, i) => ({ who, what: `i${u * 4 + i}`, when: u * 4 + i })),
  );
  const table = tableOf({
    who: text(rows.map(({ who }) => who)),
    what: text(rows.map(({ what }) => what)),
    when: number(rows.map(({ when }) => when)),
    city: text(rows.map(({ who }) => `city of ${who}`)),
    page: text(rows.map((_, row) => `page ${row % 4}`)),
    brand: text(rows.map(({ what }) => `brand of ${what}`)),
    price: number(rows.map((_, row) => row)),
  });
  const columns = columnsConfig.parse({
    ...implicitRules.columns,
    categorical: [
      { column: "brand", of: "item" },
      { column: "city", of: "user" },
      { column: "page", of: "context" },
    ],
    numeric: [{ column: "price", of: "item" }],
  });
  const negatives = { training: { ratio: 2, exclude: "train" as const }, evaluation: { count: 5 } };
  const split = splitClient(table, { ...implicitRules, columns, negatives }, 1);
  const everyValue = Object.fromEntries(
    split.categorical.map(({ name, column }) => [
      name,
      column.kind === "text" ? column.values : [],
    ]),
  );
  const { data } = encode([split], { minCount: 1, vocabularies: everyValue });
  const F = data.schema.categorical.length;
  const valueAt = (row: Int32Array, name: string) => {
    const f = data.schema.categorical.findIndex((feature) => feature.name === name);
    return everyValue[name]![row[f]! - 2]!;
  };

  test("a list shares user and context; brand and price come along with each item", () => {
    const examples = data.parts[0]!.test.examples();
    expect(examples.numRows).toBe(3 * 6);
    // Prices 0..11 are item numbers; training rows are 0, 1, 4, 5, 8, 9: mean 4.5, variance 65.5 / 6.
    const deviation = Math.sqrt((2 * (4.5 ** 2 + 3.5 ** 2 + 0.5 ** 2)) / 6);
    const { categorical, numeric } = featuresOf(examples, data.schema);
    for (let at = 0; at < examples.numRows; at++) {
      const row = categorical.subarray(at * F, (at + 1) * F);
      const user = users[examples.list![at]!]!;
      const item = valueAt(row, "item");
      expect(valueAt(row, "user")).toBe(user);
      expect(valueAt(row, "city")).toBe(`city of ${user}`);
      expect(valueAt(row, "page")).toBe("page 3");
      expect(valueAt(row, "brand")).toBe(`brand of ${item}`);
      expect(numeric[at]).toBeCloseTo((Number(item.slice(1)) - 4.5) / deviation, 5);
    }
  });

  test("training negatives likewise keep user and context and bring brand and price", () => {
    for (const batch of passOf(data, { batchSize: 7, random: streamOf(2) }))
      for (let i = 0; i < batch.numRows; i++) {
        const row = batch.categorical.subarray(i * F, (i + 1) * F);
        expect(valueAt(row, "city")).toBe(`city of ${valueAt(row, "user")}`);
        expect(["page 0", "page 1"]).toContain(valueAt(row, "page"));
        expect(valueAt(row, "brand")).toBe(`brand of ${valueAt(row, "item")}`);
      }
  });

  test("an item whose features change carries those of its latest training row, and a note says so", () => {
    const changing = interactions([
      ["ann", "x", 1],
      ["bob", "x", 2],
      ["bob", "y", 3],
      ["bob", "z", 4],
      ["ann", "y", 5],
      ["ann", "x2", 6],
      ["cem", "x", 7],
      ["cem", "w", 8],
      ["cem", "x2", 9],
    ]);
    const brand = text(["old", "new", "b", "b", "b", "b", "newer", "b", "b"]);
    const withBrand = { numRows: changing.numRows, columns: { ...changing.columns, brand } };
    const brandColumns = columnsConfig.parse({
      ...implicitRules.columns,
      categorical: [{ column: "brand", of: "item" }],
    });
    const { sampling, notes, train } = splitClient(
      withBrand,
      { ...implicitRules, columns: brandColumns },
      1,
    );
    expect([...train]).toEqual([0, 1, 6]);
    expect(sampling!.rowOfItem[sampling!.item[0]!]).toBe(6);
    expect(notes).toContain(
      "1 of 5 items change their brand between rows: negatives and candidates carry that of the item's latest training row",
    );
  });
});

test("notes count test rows of users and items that training does not know", () => {
  const rows = [
    ["ann", "a", 1],
    ["ann", "b", 2],
    ["bob", "a", 3],
    ["bob", "b", 4],
    ["ann", "c", 5],
    ["bob", "d", 6],
    ["new", "a", 7],
    ["ann", "e", 8],
  ] as const;
  const split = { kind: "time" as const, valid: 1 / 8, test: 3 / 8 };
  expect(splitClient(interactions(rows), { ...implicitRules, split }, 1).notes.slice(0, 2)).toEqual(
    [
      "1 of 3 test rows belong to users without training rows",
      "2 of 3 test rows show an item without training rows",
    ],
  );
});
