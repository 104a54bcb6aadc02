import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withAllExamples } from "./all-examples.fixture.ts";
import { streamOf } from "../random/index.ts";
import { numTrainingRows } from "./batches.ts";
import { batchesOf, featuresOf, passOf } from "./pass.fixture.ts";
import { encode } from "./encode.ts";
import { rowsOfFeature } from "./feature-rows.ts";
import { limitLists } from "./limit-lists.ts";
import { FIRST_VALUE_ROW, OUT_OF_VOCABULARY_ROW } from "./schema.ts";
import { splitClient, type SplitRules } from "./split-client.ts";
import { implicitRules, interactions, number, tableOf, text } from "./tables.fixture.ts";

const times = (n: number) => number(Array.from({ length: n }, (_, i) => i));

/** Four training rows, one of validation, one of test, in time order. */
const sixRows = tableOf({
  when: times(6),
  click: number([0, 1, 1, 0, 1, 0]),
  colour: text(["red", "blue", "red", null, "green", "red"]),
  price: number([1, 2, 3, null, 100, 6]),
  flat: number([5, 5, 5, 5, 9, 9]),
});

const byTime: SplitRules = {
  client: "de",
  columns: { time: "when", label: "click", categorical: ["colour"], numeric: ["price", "flat"] },
  feedback: "explicit",
  split: { kind: "time", valid: 1 / 6, test: 1 / 6 },
};

/** The same six rows three times over, so that each part has both classes. */
function bigger(rules = byTime) {
  const thrice = <T>(values: readonly T[]) => values.flatMap((value) => [value, value, value]);
  return splitClient(
    tableOf({
      when: times(18),
      click: number(Array.from({ length: 18 }, (_, i) => i % 2)),
      colour: text(thrice(["red", "blue", "red", null, "green", "red"])),
      price: number(thrice([1, 2, 3, null, 100, 6])),
      flat: number(thrice([5, 5, 5, 5, 9, 9])),
    }),
    rules,
    1,
  );
}

describe("vocabularies and scales see training rows only", () => {
  const { data, encoder } = encode([bigger()], { minCount: 1 });

  test("values in order of their counts; green, seen in validation only, is out of vocabulary", () => {
    expect(encoder.vocabularies["colour"]).toEqual(["red", "blue"]);
    expect(data.schema.categorical[0]!.numRows).toBe(FIRST_VALUE_ROW + 2);
    expect([...featuresOf(data.parts[0]!.valid.examples(), data.schema).categorical]).toEqual(
      [1, 1, 1].map(() => OUT_OF_VOCABULARY_ROW),
    );
  });

  test("a missing value counts as out of vocabulary", () => {
    expect([...featuresOf(data.train, data.schema).categorical].slice(9)).toEqual(
      [1, 1, 1].map(() => OUT_OF_VOCABULARY_ROW),
    );
  });

  test("numbers: (x - 2) / sqrt(2/3) from training values 1, 2, 3; missing is 0; a constant column is 0", () => {
    const prices = (values: Float32Array) => Array.from(values).filter((_, i) => i % 2 === 0);
    const sd = Math.sqrt(2 / 3);
    expect(prices(featuresOf(data.train, data.schema).numeric)[0]).toBeCloseTo(-1 / sd, 6);
    expect(prices(featuresOf(data.train, data.schema).numeric)[9]).toBe(0);
    expect(prices(featuresOf(data.parts[0]!.valid.examples(), data.schema).numeric)[0]).toBeCloseTo(
      98 / sd,
      4,
    );
    expect(
      Array.from(featuresOf(data.parts[0]!.valid.examples(), data.schema).numeric).filter(
        (_, i) => i % 2 === 1,
      ),
    ).toEqual([0, 0, 0]);
  });

  test("values below the minimum count share the out-of-vocabulary row", () => {
    expect(encode([bigger()], { minCount: 4 }).encoder.vocabularies["colour"]).toEqual(["red"]);
  });

  test("an agreed vocabulary stands in for the fitted one", () => {
    const agreed = { colour: ["green", "blue", "red"] };
    const again = encode([bigger()], { minCount: 1, vocabularies: agreed });
    expect([
      ...featuresOf(again.data.parts[0]!.valid.examples(), again.data.schema).categorical,
    ]).toEqual([2, 2, 2]);
  });

  test("six rows are too few for two classes in each part", () => {
    expect(() => splitClient(sixRows, byTime, 1)).toThrow(
      /the 1 validation rows have 1 positive and 0 negative labels/,
    );
  });
});

function market(client: string, shift: number) {
  const rows = Array.from(
    { length: 40 },
    (_, i) => [`u${i % 5}`, `i${(i * 7 + shift) % 23}`, i] as const,
  );
  const negatives = { training: { ratio: 3, exclude: "train" as const }, evaluation: { count: 6 } };
  return splitClient(interactions(rows), { ...implicitRules, client, negatives }, 1);
}

describe("pooling", () => {
  const splits = [market("de", 0), market("fr", 4)];
  const columnOf = (name: string) => (name === "user" ? 0 : 1);
  const distinct = (values: Int32Array, column: number) =>
    new Set(Array.from(values).filter((_, i) => i % 2 === column)).size;

  test("users named alike in two markets stay apart; common items are one", () => {
    const apart = encode(splits, { minCount: 1 }).data;
    const common = encode(splits, { minCount: 1, common: ["item"] }).data;
    expect(distinct(featuresOf(apart.train, apart.schema).categorical, columnOf("user"))).toBe(10);
    expect(distinct(featuresOf(common.train, common.schema).categorical, columnOf("user"))).toBe(
      10,
    );
    expect(
      distinct(featuresOf(common.train, common.schema).categorical, columnOf("item")),
    ).toBeLessThan(distinct(featuresOf(apart.train, apart.schema).categorical, columnOf("item")));
  });

  test("a pooled model is measured on the same lists as each market alone", () => {
    const pooled = encode(splits, { minCount: 1, common: ["item"] }).data;
    splits.forEach((split, p) => {
      const alone = encode([split], { minCount: 1 }).data.parts[0]!.test.examples();
      const part = pooled.parts[p]!;
      const examples = part.test.examples();
      expect(part.client).toBe(split.client);
      expect(examples.label).toEqual(alone.label);
      expect(examples.list).toEqual(alone.list);
      expect(examples.user).toEqual(alone.user);
      // Equal rows stay equal and different rows stay different: a renaming of items.
      const pooledItems = rowsOfFeature(examples, pooled.schema, "item");
      const aloneItems = rowsOfFeature(alone, pooled.schema, "item");
      const pairs = new Set(
        Array.from({ length: examples.numRows }, (_, i) => `${pooledItems[i]} ${aloneItems[i]}`),
      );
      const known = Array.from(pairs, (pair) => pair.split(" ")).filter(
        ([a, b]) => a !== "1" && b !== "1",
      );
      expect(new Set(known.map(([a]) => a)).size).toBe(known.length);
      expect(new Set(known.map(([, b]) => b)).size).toBe(known.length);
    });
  });
});

describe("batches", () => {
  const split = market("de", 0);
  const { data } = encode([split], { minCount: 1 });

  test("a pass holds every positive once and three fresh negatives each, padded with weight 0", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 1e6 }),
        (batchSize, seed) => {
          const positives: string[] = [];
          let negatives = 0;
          let weight = 0;
          for (const batch of passOf(data, { batchSize, random: streamOf(seed) })) {
            expect(batch.weight.length).toBe(batchSize);
            for (let i = 0; i < batchSize; i++) {
              weight += batch.weight[i]!;
              if (i >= batch.numRows) {
                expect([batch.weight[i], batch.label[i], batch.categorical[2 * i]]).toEqual([
                  0, 0, 0,
                ]);
                continue;
              }
              if (batch.label[i] === 1)
                positives.push(`${batch.categorical[2 * i]} ${batch.categorical[2 * i + 1]}`);
              else negatives++;
            }
          }
          const own = Array.from(
            { length: data.train.numRows },
            (_, i) =>
              `${featuresOf(data.train, data.schema).categorical[2 * i]} ${featuresOf(data.train, data.schema).categorical[2 * i + 1]}`,
          );
          expect(positives.toSorted()).toEqual(own.toSorted());
          expect(negatives).toBe(3 * data.train.numRows);
          expect(weight).toBe(numTrainingRows(data));
        },
      ),
      { numRuns: 30 },
    );
  });

  test("a negative is never an item that the user's exclusions hold, and all others are drawn", () => {
    const column = split.categorical[1]!.column;
    if (column.kind !== "text") throw new Error("items are text");
    const trained = new Map<number, Set<number>>();
    for (let i = 0; i < data.train.numRows; i++) {
      const user = featuresOf(data.train, data.schema).categorical[2 * i]!;
      trained.set(
        user,
        (trained.get(user) ?? new Set()).add(
          featuresOf(data.train, data.schema).categorical[2 * i + 1]!,
        ),
      );
    }
    const seen = new Set<number>();
    for (let seed = 0; seed < 20; seed++)
      for (const batch of passOf(data, { batchSize: 16, random: streamOf(seed) }))
        for (let i = 0; i < batch.numRows; i++)
          if (batch.label[i] === 0) {
            const item = batch.categorical[2 * i + 1]!;
            seen.add(item);
            if (item !== OUT_OF_VOCABULARY_ROW)
              expect(trained.get(batch.categorical[2 * i]!)!.has(item)).toBe(false);
          }
    expect(seen.size).toBeGreaterThanOrEqual(data.schema.categorical[1]!.numRows - FIRST_VALUE_ROW);
  });

  test("a user who knows all items but one is given that one, again and again", () => {
    const rows = Array.from({ length: 12 }, (_, i) => ["ann", `i${i}`, i] as const);
    const table = interactions([
      ...rows,
      ["bob", "rare", 20],
      ["bob", "i0", 21],
      ["bob", "i1", 22],
    ]);
    const negatives = { training: { ratio: 4, exclude: "all" as const }, evaluation: { count: 1 } };
    const encoded = encode([splitClient(table, { ...implicitRules, negatives }, 1)], {
      minCount: 1,
    });
    const rare = FIRST_VALUE_ROW + encoded.encoder.vocabularies["item"]!.indexOf("rare");
    const ann = FIRST_VALUE_ROW + encoded.encoder.vocabularies["user"]!.indexOf("ann");
    for (const batch of passOf(encoded.data, { batchSize: 8, random: streamOf(3) }))
      for (let i = 0; i < batch.numRows; i++)
        if (batch.label[i] === 0 && batch.categorical[2 * i] === ann)
          expect(batch.categorical[2 * i + 1]).toBe(rare);
  });

  test("evaluation rows come in order, lists with their positive first", () => {
    const examples = data.parts[0]!.test.examples();
    const labels: number[] = [];
    for (const batch of batchesOf(examples, data.schema, 10))
      labels.push(...batch.label.subarray(0, batch.numRows));
    expect(labels).toEqual(Array.from(examples.label));
    expect(labels.filter((label) => label === 1)).toHaveLength(5);
    for (let row = 0; row < examples.numRows; row++)
      expect(examples.label[row] === 1).toBe(
        row === 0 || examples.list![row] !== examples.list![row - 1],
      );
  });

  test("limitLists(2) of five lists keeps lists 0 and 2, renumbered, the same ones every time", () => {
    const { test: rows } = data.parts[0]!;
    const examples = rows.examples();
    const some = limitLists(rows, 2).examples();
    expect(new Set(some.list)).toEqual(new Set([0, 1]));
    const userOf = (list: number) => examples.user[examples.list!.indexOf(list)]!;
    expect([...new Set(some.user)]).toEqual([userOf(0), userOf(2)]);
    expect(limitLists(rows, 5)).toBe(rows);
  });
});

describe("pooled clients", () => {
  const client = (name: string, categorical: string[], brand = "brand") => {
    const base = interactions(
      Array.from({ length: 12 }, (_, i) => [`u${i % 3}`, `i${i}`, i] as const),
    );
    const table = {
      numRows: base.numRows,
      columns: {
        ...base.columns,
        [brand]: text(Array.from({ length: 12 }, (_, i) => `b${i}`)),
        colour: text(Array.from({ length: 12 }, (_, i) => `c${i}`)),
      },
    };
    const columns = { ...implicitRules.columns, categorical };
    return splitClient(table, { ...implicitRules, client: name, columns }, 1);
  };

  test("may list their columns in another order: values stay with their feature", () => {
    const { data, encoder } = encode(
      [client("de", ["brand", "colour"]), client("fr", ["colour", "brand"])],
      { minCount: 1, common: ["brand", "colour"] },
    );
    expect(encoder.vocabularies["brand"]!.every((value) => value.startsWith("b"))).toBe(true);
    const same = encode([client("de", ["brand", "colour"]), client("fr", ["brand", "colour"])], {
      minCount: 1,
      common: ["brand", "colour"],
    });
    expect(withAllExamples(data)).toEqual(withAllExamples(same.data));
  });

  test("must have the same features", () => {
    expect(() =>
      encode([client("de", ["brand"]), client("fr", ["marque"], "marque")], { minCount: 1 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[AtollError: client "fr" has the features item (categorical, item), marque (categorical, context), user (categorical, user); client "de" has brand (categorical, context), item (categorical, item), user (categorical, user); to train them as one, give all clients the same data.columns, or remove the pooled method]`,
    );
  });
});
