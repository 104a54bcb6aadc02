import { expect, test } from "vitest";
import type { RawTable } from "../table.ts";
import { oracleColumn, syntheticWorld } from "./world.ts";

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
