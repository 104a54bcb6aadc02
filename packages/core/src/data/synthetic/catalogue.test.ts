import { expect, test } from "vitest";
import { encode } from "../encode.ts";
import { splitClient } from "../split-client.ts";
import type { RawTable } from "../table.ts";
import { trueScore } from "../true-affinity.ts";
import { columnsOfWorld, commonOfWorld, oracleColumn } from "./columns.ts";
import { syntheticConfig, type SyntheticConfig } from "./config.ts";
import { syntheticWorld } from "./world.ts";

const config: SyntheticConfig = {
  kind: "synthetic",
  markets: { big: { rows: 4000, users: 200, items: 160 }, small: { rows: 400, users: 40 } },
  sharedTaste: 0.8,
  taste: { observable: 0.5, hidden: 1.5 },
  catalogue: { items: 200, share: 0.75 },
  worldSeed: 1,
};
const implicit: SyntheticConfig = { ...config, feedback: "implicit" };

function text(table: RawTable, name: string) {
  const column = table.columns[name]!;
  if (column.kind !== "text") throw new Error(`${name} is a number`);
  return column;
}

function numbers(table: RawTable, name: string): Float64Array {
  const column = table.columns[name]!;
  if (column.kind !== "number") throw new Error(`${name} is text`);
  return column.values;
}

test("clicks follow the true probabilities with a catalogue too", () => {
  const { table } = syntheticWorld({
    ...config,
    markets: { big: { rows: 30_000, items: 160 } },
  })[0]!;
  const p = numbers(table, oracleColumn);
  const clicks = numbers(table, "click");
  // In each half of the probabilities, so that a slope other than 1 would show.
  const median = p.toSorted()[15_000]!;
  for (const high of [false, true]) {
    const rows = [...p.keys()].filter((row) => p[row]! >= median === high);
    const sum = (of: (row: number) => number) => rows.reduce((total, row) => total + of(row), 0);
    const deviation = Math.sqrt(sum((row) => p[row]! * (1 - p[row]!)));
    expect(Math.abs(sum((row) => clicks[row]! - p[row]!))).toBeLessThan(4 * deviation);
  }
});

test("a market depends on its name and the world's settings alone", () => {
  for (const world of [config, implicit, { ...implicit, titles: { words: 3, sharpness: 1 } }]) {
    const { small } = world.markets;
    expect(syntheticWorld({ ...world, markets: { small: small! } })[0]).toEqual(
      syntheticWorld(world)[1],
    );
  }
});

test("users are disjoint; the catalogue's items are not", () => {
  const [big, small] = syntheticWorld(implicit).map(({ table }) => table);
  const ids = (name: string) =>
    [new Set(text(big!, name).values), text(small!, name).values] as const;
  const [bigUsers, smallUsers] = ids("user");
  expect(smallUsers.filter((id) => bigUsers.has(id))).toEqual([]);
  const [bigItems, smallItems] = ids("item");
  const both = smallItems.filter((id) => bigItems.has(id));
  expect(both.length).toBeGreaterThan(3);
  expect(both.every((id) => /^c\d+$/.test(id))).toBe(true);
});

test("users' choices are ranked by the log-odds of their clicks and the items' popularity", () => {
  // Both worlds draw the same users and items; the inner products are another way to the same logits.
  const explicit = syntheticWorld(config)[0]!.table;
  const { affinity } = syntheticWorld(implicit)[0]!;
  const p = numbers(explicit, oracleColumn);
  const [user, item] = [text(explicit, "user").codes, text(explicit, "item").codes];
  for (let row = 0; row < 500; row++) {
    const logit = Math.log(p[row]! / (1 - p[row]!));
    const popularity = -Math.log(item[row]! + 1);
    const score = trueScore(affinity!, user[row]!, item[row]!);
    expect(score).toBeCloseTo(logit + 2 + popularity, 9);
  }
});

test("candidates carry their true chances, whatever the split renumbered", () => {
  const { table, affinity } = syntheticWorld(implicit)[0]!;
  const split = splitClient(
    table,
    {
      client: "big",
      columns: columnsOfWorld(implicit),
      feedback: "implicit",
      affinity: affinity!,
      split: { kind: "leave-one-out", minimumRows: 3 },
      negatives: { evaluation: { count: 20 } },
    },
    1,
  );
  const { parts } = encode([split], { minCount: 1 }).data;
  const { oracle, at, itemAt, label, list } = parts[0]!.test.examples();
  const [users, items] = ["user", "item"].map((name) => {
    const { column } = split.categorical.find((feature) => feature.name === name)!;
    return (column as { codes: Int32Array }).codes;
  });
  let ahead = 0;
  let rivals = 0;
  let first = 0;
  oracle!.forEach((p, i) => {
    if (label[i] === 1) first = i;
    const score = (row: number) => trueScore(affinity!, users![at[row]!]!, items![itemAt![row]!]!);
    // Odds within a list are ratios of weights.
    expect(Math.log(p / oracle![first]!)).toBeCloseTo(score(i) - score(first), 9);
    if (i === first) return;
    ahead += oracle![first]! > p ? 1 : 0;
    rivals += 1;
  });
  const numLists = list!.at(-1)! + 1;
  expect(rivals).toBe(20 * numLists);
  expect(oracle!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(numLists, 9);
  // Chances are calibrated: positives have as many as they should, within four standard errors.
  const sum = (of: (p: number) => number) => oracle!.reduce((total, p) => total + of(p), 0);
  const hits = oracle!.reduce((total, p, i) => total + (label[i] === 1 ? p : 0), 0);
  const expected = sum((p) => p * p);
  const deviation = Math.sqrt(sum((p) => p ** 3 * (1 - p)));
  expect(Math.abs(hits - expected)).toBeLessThan(4 * deviation);
  // What users chose they want more than what they did not choose: AUC of the truth.
  expect(ahead / rivals).toBeGreaterThan(0.75);
});

test("columns, and what is common, follow the settings", () => {
  expect(commonOfWorld(config)).toEqual(["item", "segment", "device", "category", "brand"]);
  const idsAlone: SyntheticConfig = {
    ...implicit,
    taste: { observable: 0, hidden: 1 },
    titles: { words: 6, sharpness: 2 },
  };
  expect(commonOfWorld(idsAlone)).toEqual(["item", "title"]);
  const { table } = syntheticWorld(idsAlone)[0]!;
  expect(Object.keys(table.columns)).toEqual(["user", "item", "time", "title"]);
  const { label, categorical, numeric, bags } = columnsOfWorld(idsAlone);
  expect([label, categorical, numeric, bags!.map(({ column }) => column)]).toEqual([
    undefined,
    [],
    [],
    ["title"],
  ]);
  expect(text(table, "title").values.every((title) => title.split(" ").length === 6)).toBe(true);
});

test.each([
  [{ catalogue: { items: 100, share: 0.75 } }, /"?has 160 items, of which 120 .* catalogue of 100/],
  [
    { feedback: "implicit", markets: { a: { rows: 2000, users: 20, items: 100 } } },
    /20 users may choose at most half of its 100 items/,
  ],
])("a world that cannot be is refused with the way out", (overrides, message) => {
  const { error } = syntheticConfig.safeParse({ ...config, ...overrides });
  expect(error!.issues.map((issue) => issue.message).join()).toMatch(message);
});
