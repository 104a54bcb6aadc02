import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { columnsConfig } from "../config.ts";
import { encode } from "../encode.ts";
import type { SplitClient } from "../prepare-types.ts";
import { batchesOf, featuresOf, passOf } from "../pass.fixture.ts";
import { splitClient, type SplitRules } from "../split-client.ts";
import type { RawTable } from "../table.ts";
import { number, tableOf, text } from "../tables.fixture.ts";
import type { ColumnSource } from "./column-source.ts";
import { fitVocabularies } from "../fit-vocabularies.ts";
import { splitStored } from "./split-stored.ts";
import { CHUNK_ROWS } from "./stored-rows.ts";

/** A table in memory, read as one on disk is. */
function sourceOf(table: RawTable): ColumnSource {
  return {
    numRows: table.numRows,
    columns: Object.entries(table.columns).map(([name, { kind }]) => ({ name, kind })),
    readColumn: (name, start, count, out) => {
      const column = table.columns[name]!;
      const values = column.kind === "text" ? column.codes : column.values;
      for (let i = 0; i < count; i++) out[i] = values[start + i]!;
    },
    valuesOf: (name) => [...(table.columns[name] as { values: readonly string[] }).values],
  };
}

const NUM_ROWS = 70_000; // more than one block, and nine chunks
const rows = Array.from({ length: NUM_ROWS }, (_, i) => i);
const tableOfRows = (rows: readonly number[]) =>
  tableOf({
    who: text(rows.map((i) => `u${(i * 7919) % 501}`)),
    when: number(rows.map((i) => i * 60)),
    click: number(rows.map((i) => ((i * 31) % 7 < 3 ? 1 : 0))),
    buy: number(rows.map((i) => (i % 5 === 0 ? null : i % 11 === 0 ? 1 : 0))),
    part: text(rows.map((i) => (i % 10 === 8 ? "valid" : i % 10 === 9 ? "test" : "train"))),
    colour: text(rows.map((i) => (i % 13 === 0 ? null : `c${(i * i) % 97}`))),
    price: number(rows.map((i) => (i % 17 === 0 ? null : (i * 37) % 1009))),
    age: number(rows.map((i) => (i * 13) % 83)),
    tags: text(rows.map((i) => `t${i % 5}|t${(i * 3) % 11}`)),
  });
const table = tableOfRows(rows);
const rules: SplitRules = {
  client: "de",
  columns: columnsConfig.parse({
    user: "who",
    time: "when",
    labels: { click: "click", buy: "buy" },
    categorical: ["colour"],
    numeric: ["price", { column: "age", scale: "quantiles", buckets: 5 }],
    bags: [{ column: "tags", length: 2 }],
    crosses: [{ columns: ["colour", "tags"], minCount: 3 }],
    timestamps: [{ column: "when", parts: ["hour"] }],
  }),
  feedback: "explicit",
  split: { kind: "given", column: "part" },
};

function stored(given: SplitRules, seed = 1, from: RawTable = table): SplitClient {
  const source = sourceOf(from);
  const split = splitStored(source, given, seed);
  return { ...split, stored: { directory: "", key: "", columns: given.columns, source } };
}

test("stratified folds balance the second label too, on disk as in memory", () => {
  const own = { ...rules, split: { kind: "k-fold" as const, folds: 4, stratify: true } };
  const few = tableOfRows(rows.slice(0, 7000));
  for (const split of [
    splitClient,
    (from: RawTable, ...rest: [SplitRules, number]) => stored(...rest, from),
  ]) {
    const bought = [0, 1, 2, 3].map((seed) => {
      const { test: held, furtherLabels } = split(few, own, seed);
      return held.filter((row) => furtherLabels[0]![row] === 1).length;
    });
    // Buys are of clicked and of other rows: each of these two combinations is within one row.
    expect(Math.max(...bought) - Math.min(...bought)).toBeLessThanOrEqual(2);
  }
});

/** Number by number; of tens of thousands, faster than toEqual. */
function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual).toHaveLength(expected.length);
  let different = 0;
  for (let i = 0; i < expected.length; i++) if (!Object.is(actual[i], expected[i])) different++;
  expect(different).toBe(0);
}

describe.each([
  rules.split,
  { kind: "random" as const, valid: 0.1, test: 0.2 },
  { kind: "time" as const, valid: 0.1, test: 0.1 },
  { kind: "k-fold" as const, folds: 4, by: "user" as const },
  { kind: "k-fold" as const, folds: 5, stratify: true, valid: 0.2 },
])("a table on disk, split $kind, is what it is in memory", (split) => {
  const own = { ...rules, split };
  const inMemory = splitClient(table, own, 3);
  const onDisk = stored(own, 3);

  test("the same parts, labels and users", () => {
    for (const part of ["train", "valid", "test"] as const)
      expectSame(onDisk[part], inMemory[part]);
    expectSame(onDisk.label, inMemory.label);
    expect(onDisk.furtherLabels).toHaveLength(inMemory.furtherLabels.length);
    onDisk.furtherLabels.forEach((labels, i) => expectSame(labels, inMemory.furtherLabels[i]!));
    expectSame(onDisk.user, inMemory.user);
    expect(onDisk.counts).toEqual(inMemory.counts);
  });

  test("the same encoder, and the same encoded rows", () => {
    const [whole, blocks] = [inMemory, onDisk].map((from) => encode([from], { minCount: 2 }));
    expect(blocks!.encoder).toEqual(whole!.encoder);
    const { schema } = whole!.data;
    for (const part of ["valid", "test"] as const) {
      const [expected, actual] = [whole!, blocks!].map(({ data }) =>
        data.parts[0]![part].examples(),
      );
      expect(actual!.user).toEqual(expected!.user);
      expect(featuresOf(actual!, schema)).toEqual(featuresOf(expected!, schema));
    }
  });
});

test("a pass takes every training row once, far from file order", () => {
  const { data } = encode([stored(rules)], { minCount: 1 });
  const { schema } = data;
  const keyOf = (
    categorical: Int32Array,
    numeric: Float32Array,
    label: Float32Array,
    i: number,
  ) => {
    const width = categorical.length / (label.length / 2);
    return `${categorical.subarray(i * width, (i + 1) * width).join()} ${numeric[i]} ${label[2 * i]}`;
  };
  const counts = new Map<string, number>();
  const count = (key: string, by: number) => counts.set(key, (counts.get(key) ?? 0) + by);
  for (const batch of batchesOf(data.train, schema, 1000))
    for (let i = 0; i < batch.numRows; i++)
      count(keyOf(batch.categorical, batch.numeric, batch.label, i), 1);
  let seen = 0;
  const passes = [5, 5, 6].map((seed) => {
    const first: string[] = [];
    for (const batch of passOf(data, { batchSize: 1000, random: streamOf(seed) })) {
      if (first.length === 0)
        for (let i = 0; i < batch.numRows; i++)
          first.push(keyOf(batch.categorical, batch.numeric, batch.label, i));
      if (seed !== 6) continue;
      seen += batch.numRows;
      for (let i = 0; i < batch.numRows; i++)
        count(keyOf(batch.categorical, batch.numeric, batch.label, i), -1);
    }
    return first.join("\n");
  });
  expect(seen).toBe(data.train.numRows);
  expect([...counts.values()].every((left) => left === 0)).toBe(true);
  expect(passes[0]).toBe(passes[1]);
  expect(passes[0]).not.toBe(passes[2]);
  expect(data.train.numRows).toBeGreaterThan(4 * CHUNK_ROWS);
});

test("what needs all rows in memory is refused, all of it at once", () => {
  const wrong = {
    ...rules,
    feedback: "implicit" as const,
    columns: { ...rules.columns, item: "colour", history: { length: 5 } },
    split: { kind: "leave-one-out" as const },
  };
  expect(() => splitStored(sourceOf(table), wrong, 1)).toThrow(
    /implicit feedback[^]*history[^]*duplicates[^]*leave-one-out/,
  );
});

test("split time needs a file in time order", () => {
  const back = tableOf({ ...table.columns, when: number(rows.map((i) => (i === 500 ? 0 : i))) });
  expect(() => splitStored(sourceOf(back), { ...rules, split: { kind: "time" } }, 1)).toThrow(
    "row 501 is earlier than the one before",
  );
});

test("ids, times and numbers are checked block by block as they are in memory", () => {
  const broken = tableOf({
    ...table.columns,
    who: text(rows.map((i) => (i === 66_000 ? null : `u${i % 501}`))),
    price: number(rows.map((i) => (i === 66_001 ? Infinity : i))),
  });
  expect(() => splitStored(sourceOf(broken), rules, 1)).toThrow(
    /"who" \(role user\) is empty in 1 of 4464 rows, first in row 465[^]*rows counted from row 65537[^]*"price" is infinite/,
  );
  const withoutTime = { ...rules, columns: { ...rules.columns, time: undefined } };
  expect(() =>
    splitStored(sourceOf(table), { ...withoutTime, split: { kind: "time" as const } }, 1),
  ).toThrow("no column has the role time");
});

test("vocabularies to agree on are those of the rows in memory", () => {
  const features = ["colour", "tags", "colourxtags"];
  const inMemory = splitClient(table, rules, 1);
  const vocabularies = fitVocabularies([inMemory], features, 600);
  expect(fitVocabularies([stored(rules)], features, 600)).toEqual(vocabularies);
  // The cross has a least count of its own, 3; of colours, few are seen 600 times.
  expect(vocabularies["colourxtags"]!.length).toBeGreaterThan(100);
  expect(vocabularies["colour"]!.length).toBeLessThan(60);
});
