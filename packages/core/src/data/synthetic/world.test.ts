import { expect, test } from "vitest";
import type { RawTable } from "../table.ts";
import { encode } from "../encode.ts";
import { splitClient } from "../split-client.ts";
import { oracleColumn, syntheticColumns, syntheticCommon } from "./columns.ts";
import { syntheticWorld } from "./world.ts";

const config = {
  kind: "synthetic" as const,
  markets: { big: { rows: 20_000 }, small: { rows: 500 } },
  sharedTaste: 0.7,
  worldSeed: 1,
};

function numbers(table: RawTable, name: string): Float64Array {
  const column = table.columns[name]!;
  if (column.kind !== "number") throw new Error(`${name} is text`);
  return column.values;
}

test("clicks follow the true probabilities: their sum lies within four standard errors", () => {
  const { table } = syntheticWorld(config)[0]!;
  const p = numbers(table, oracleColumn);
  const clicks = numbers(table, "click").reduce((sum, click) => sum + click, 0);
  const expected = p.reduce((sum, value) => sum + value, 0);
  const deviation = Math.sqrt(p.reduce((sum, value) => sum + value * (1 - value), 0));
  expect(Math.abs(clicks - expected)).toBeLessThan(4 * deviation);
  expect(clicks / table.numRows).toBeGreaterThan(0.1);
  expect(clicks / table.numRows).toBeLessThan(0.35);
});

test("a market depends on its name and the world's settings, not on the other markets", () => {
  const alone = syntheticWorld({ ...config, markets: { small: { rows: 500 } } })[0]!;
  expect(alone).toEqual(syntheticWorld(config)[1]);
});

test("the same settings give the same world; another seed or another share of common taste another one", () => {
  const truth = (overrides: object) =>
    numbers(syntheticWorld({ ...config, ...overrides })[1]!.table, oracleColumn);
  expect(truth({})).toEqual(truth({}));
  expect(truth({ worldSeed: 2 })).not.toEqual(truth({}));
  expect(truth({ sharedTaste: 0.2 })).not.toEqual(truth({}));
});

test("markets share no user and no item", () => {
  const ids = syntheticWorld(config).flatMap(({ table }) =>
    ["user", "item"].flatMap((name) => {
      const column = table.columns[name]!;
      return column.kind === "text" ? column.values : [];
    }),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

/** Chance that a clicked row has a higher true probability than a skipped one, ties aside. */
function bestAuc(table: RawTable): number {
  const p = numbers(table, oracleColumn);
  const click = numbers(table, "click");
  const order = Int32Array.from(p.keys()).sort((a, b) => p[a]! - p[b]!);
  let rankSum = 0;
  let clicks = 0;
  order.forEach((row, rank) => {
    rankSum += click[row]! * (rank + 1);
    clicks += click[row]!;
  });
  return (rankSum - (clicks * (clicks + 1)) / 2) / (clicks * (table.numRows - clicks));
}

test("the true probabilities leave something to learn and something to chance: AUC .74 to .85", () => {
  for (let worldSeed = 1; worldSeed <= 4; worldSeed++) {
    const best = bestAuc(syntheticWorld({ ...config, worldSeed })[0]!.table);
    expect(best).toBeGreaterThan(0.74);
    expect(best).toBeLessThan(0.85);
  }
});

test("popular items come first: the top item has Zipf's share of the rows", () => {
  const column = syntheticWorld(config)[0]!.table.columns["item"]!;
  if (column.kind !== "text") throw new Error("items are text");
  const top =
    column.codes.reduce((sum, code) => sum + (code === 0 ? 1 : 0), 0) / column.codes.length;
  const harmonic = column.values.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
  expect(top).toBeGreaterThan(0.9 / harmonic);
  expect(top).toBeLessThan(1.1 / harmonic);
});

test("its columns fit its tables, and only what is common is one when pooled", () => {
  const splits = syntheticWorld(config).map(({ client, table }) =>
    splitClient(
      table,
      {
        client,
        columns: syntheticColumns,
        feedback: "explicit",
        oracleColumns: [oracleColumn],
        split: { kind: "random", valid: 0.2, test: 0.2 },
      },
      1,
    ),
  );
  const { data } = encode(splits, { minCount: 1, common: syntheticCommon });
  const sizes = Object.fromEntries(
    data.schema.categorical.map(({ name, numRows }) => [name, numRows - 2]),
  );
  expect(sizes).toMatchObject({ segment: 12, device: 3, category: 12, brand: 40 });
  const big = encode([splits[0]!], { minCount: 1 }).data.schema.categorical;
  const small = encode([splits[1]!], { minCount: 1 }).data.schema.categorical;
  expect(sizes["user"]! + 2).toBe(big[0]!.numRows + small[0]!.numRows - 2);
  expect(sizes["item"]! + 2).toBe(big[1]!.numRows + small[1]!.numRows - 2);
  const { oracle, label } = data.parts[0]!.test.examples();
  const split = splits[0]!;
  expect([...oracle!]).toEqual(Array.from(split.test, (row) => split.oracle![row]!));
  expect(label.length).toBe(4000);
});

test("settings that are left out change no number: these were drawn before there was a catalogue", () => {
  const tables = syntheticWorld({ ...config, markets: { a: { rows: 700 }, b: { rows: 60 } } });
  const truth = tables.map(({ table }) => numbers(table, oracleColumn));
  const clicks = tables.map(({ table }) =>
    numbers(table, "click").reduce((sum, click) => sum + click, 0),
  );
  expect(truth.map((p) => [p[0], p.at(-1)])).toEqual([
    [0.4788648863899108, 0.08864153796796571],
    [0.46891409281936475, 0.03190581405769308],
  ]);
  expect(clicks).toEqual([120, 4]);
  expect(Object.keys(tables[0]!.table.columns).join()).toBe(
    "user,item,time,click,segment,device,category,brand,age,price,trueProbability",
  );
});
