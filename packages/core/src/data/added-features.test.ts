import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import {
  addedSchema,
  withCategorical,
  withPairs,
  type AddedCategorical,
} from "./added-features.ts";
import { encode } from "./encode.ts";
import type { Batch, TrainingData } from "./examples.ts";
import { rowsOfFeature } from "./feature-rows.ts";
import { batchesOf, featuresOf, passOf } from "./pass.fixture.ts";
import { columnsOf, numColumnsOf, type FeatureSchema } from "./schema.ts";
import { splitClient } from "./split-client.ts";
import { implicitRules, number, tableOf, text } from "./tables.fixture.ts";

/** Eight users with five rows each over nine items; prices by item, a history of 3 where asked for. */
function dataOf({ history, clients = ["de"] }: { history?: number; clients?: string[] } = {}) {
  const draw = (u: number, k: number) => (u * 2 + k * (1 + (u % 3))) % 9;
  const rows = Array.from({ length: 40 }, (_, r) => [Math.floor(r / 5), r % 5] as const);
  const table = tableOf({
    who: text(rows.map(([u]) => `u${u}`)),
    what: text(rows.map(([u, k]) => `i${draw(u, k)}`)),
    when: number(rows.map((_, r) => r)),
    colour: text(rows.map(([u, k]) => `c${draw(u, k) % 4}`)),
    price: number(rows.map(([u, k]) => draw(u, k))),
  });
  const splits = clients.map((client) =>
    splitClient(
      table,
      {
        ...implicitRules,
        client,
        columns: {
          ...implicitRules.columns,
          categorical: [{ column: "colour", of: "item" }],
          numeric: [{ column: "price", of: "item" }],
          ...(history !== undefined && { history: { length: history } }),
        },
        negatives: { training: { ratio: 2 }, evaluation: { count: 4 } },
      },
      1,
    ),
  );
  return encode(splits, { minCount: 1 }).data;
}

/** A user feature and an item feature whose rows tell which entity they stand for. */
function echoes(data: TrainingData): AddedCategorical[] {
  const { rows } = data.train;
  const everyRow = {
    ...data.train,
    numRows: rows.numRows,
    at: Int32Array.from({ length: rows.numRows }, (_, r) => r),
  };
  const column = (feature: string) => rowsOfFeature(everyRow, data.schema, feature);
  const size = (feature: string) =>
    data.schema.categorical.find(({ name }) => name === feature)!.numRows;
  // `item` is the first item column of a pool, `colour` the second.
  const ofPool = data.negatives!.pools.map(({ categorical, numItems }) =>
    Int32Array.from({ length: numItems }, (_, i) => categorical[i * 2]!),
  );
  return [
    { name: "item-echo", of: "item", numRows: size("item"), ofRow: column("item"), ofPool },
    { name: "user-echo", of: "user", numRows: size("user"), ofRow: column("user"), ofPool: [] },
  ];
}

function columnIn({ categorical }: Batch, schema: FeatureSchema, feature: string, row: number) {
  const at = columnsOf(schema)[schema.categorical.findIndex(({ name }) => name === feature)]!;
  return categorical[row * numColumnsOf(schema) + at]!;
}

function* everyBatch(data: TrainingData): Generator<Batch> {
  yield* passOf(data, { batchSize: 16, random: streamOf(3, "pass") });
  for (const part of data.parts)
    for (const held of [part.valid, part.test]) yield* batchesOf(held.examples(), data.schema, 7);
}

describe.each([
  ["rows", {}],
  ["rows with histories", { history: 3 }],
  ["two pooled clients", { clients: ["de", "fr"] }],
])("added categorical features of %s", (_, options) => {
  test("follow user and item into training rows, negatives and candidates", () => {
    const data = dataOf(options);
    const added = withCategorical(data, echoes(data));
    let numRows = 0;
    for (const batch of everyBatch(added))
      for (let row = 0; row < batch.numRows; row++) {
        numRows += 1;
        for (const feature of ["item", "user"])
          expect(columnIn(batch, added.schema, `${feature}-echo`, row)).toBe(
            columnIn(batch, added.schema, feature, row),
          );
      }
    expect(numRows).toBeGreaterThan(100);
  });

  test("leave all other columns, and which negatives are drawn, as they were", () => {
    const data = dataOf(options);
    const added = withCategorical(data, echoes(data));
    const copies = (batches: Iterable<Batch>, schema: FeatureSchema) =>
      Array.from(batches, (batch) =>
        Array.from({ length: batch.numRows }, (_, row) => [
          ...["user", "item", "colour", ...("history" in options ? ["history"] : [])].map((name) =>
            columnIn(batch, schema, name, row),
          ),
          batch.numeric[row],
          batch.label[row],
        ]),
      );
    expect(copies(everyBatch(added), added.schema)).toEqual(copies(everyBatch(data), data.schema));
  });
});

test("a history stays the last categorical feature, pairs are the last numeric ones", () => {
  const schema = addedSchema(dataOf({ history: 3 }).schema, {
    categorical: [{ name: "code", of: "item", numRows: 5 }],
    pairs: ["score"],
  });
  expect(schema.categorical.map(({ name }) => name)).toEqual([
    "user",
    "item",
    "colour",
    "code",
    "history",
  ]);
  expect(schema.numeric).toEqual([
    { name: "price", of: "item" },
    { name: "score", of: "pair" },
  ]);
});

test("a name that is taken is refused, and so are rows on disk", () => {
  const data = dataOf();
  expect(() => addedSchema(data.schema, { pairs: ["price"] })).toThrow(
    expect.objectContaining({ code: "DATA_ROLE_CONFLICT" }),
  );
  const rows = { ...data.train.rows, seek: (row: number) => row };
  const stored = { ...data, train: { ...data.train, rows } };
  expect(() => withCategorical(stored, [])).toThrow(
    expect.objectContaining({ code: "DATA_NEEDS_MEMORY" }),
  );
  expect(() =>
    withPairs(stored, ["score"], { itemOfRow: new Int32Array(0), itemOfPool: [], write: () => {} }),
  ).toThrow(expect.objectContaining({ code: "DATA_NEEDS_MEMORY" }));
});

describe("pairs", () => {
  const [itemEcho, userEcho] = echoes(dataOf());
  /** 100 row + item: which row an example was scored by, and which item it carries. */
  const paired = (data: TrainingData) =>
    withPairs(data, ["scored-by", "scored-item"], {
      itemOfRow: itemEcho!.ofRow,
      itemOfPool: itemEcho!.ofPool,
      write: (row, item, out, at) => {
        out[at] = row;
        out[at + 1] = item;
      },
    });

  test("are written for every example with its own item, by its own row", () => {
    const data = paired(dataOf());
    for (const batch of everyBatch(data))
      for (let row = 0; row < batch.numRows; row++) {
        const [price, by, item] = batch.numeric.subarray(row * 3, row * 3 + 3);
        expect(item).toBe(columnIn(batch, data.schema, "item", row));
        expect(userEcho!.ofRow[by!]).toBe(columnIn(batch, data.schema, "user", row));
        expect(price).not.toBe(by);
      }
  });

  test("of negatives are scored by the row of their positive, those of candidates by the held-out row", () => {
    const data = paired(dataOf());
    const { train } = data;
    const negatives = new Map<number, number>();
    for (const batch of passOf(data, { batchSize: 16, random: streamOf(3, "pass") }))
      for (let row = 0; row < batch.numRows; row++)
        if (batch.label[row] === 0) {
          const by = batch.numeric[row * 3 + 1]!;
          expect(itemEcho!.ofRow[by]).not.toBe(columnIn(batch, data.schema, "item", row));
          negatives.set(by, (negatives.get(by) ?? 0) + 1);
        }
    expect(new Set(negatives.keys())).toEqual(new Set(train.at));
    expect([...negatives.values()].every((count) => count === 2)).toBe(true);
    const held = data.parts[0]!.test.examples();
    const { numeric } = featuresOf(held, data.schema);
    expect(Array.from({ length: held.numRows }, (_, i) => numeric[i * 3 + 1])).toEqual([
      ...held.at,
    ]);
  });

  test("leave everything else as it was, bit by bit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 9 }),
        (batchSize, seed) => {
          const plain = dataOf();
          const passes = [plain, paired(plain)].map((data) =>
            Array.from(passOf(data, { batchSize, random: streamOf(seed, "pass") }), (batch) => ({
              categorical: batch.categorical.slice(),
              label: batch.label.slice(),
              price: batch.numeric.filter((_, i) => i % data.schema.numeric.length === 0),
            })),
          );
          expect(passes[1]).toEqual(passes[0]);
        },
      ),
      { numRuns: 10 },
    );
  });

  test("of padding are 0", () => {
    const data = paired(dataOf());
    const last = [...passOf(data, { batchSize: 50, random: streamOf(1, "p") })].at(-1)!;
    expect(last.numRows).toBeLessThan(50);
    expect(last.numeric.subarray(last.numRows * 3).every((value) => value === 0)).toBe(true);
  });
});
