import { expect, test } from "vitest";
import { hashOf, syntheticWorld, splitClient, syntheticColumns } from "@atoll/core/data";
import { streamOf } from "@atoll/core/random";
import { withCanaries } from "./canary-rows.ts";
import { splitsOf } from "./world.fixture.ts";

const stream = () => streamOf(1, "canaries");

test("canaries stand in places of test rows; those that are in are trained on, beside all of the run's rows", () => {
  const [split] = splitsOf({ a: 300 });
  const made = withCanaries(split!, { count: 80, minCount: 1, stream: stream() });
  expect(made.rows).toHaveLength(80);
  expect([...made.rows].every((row) => split!.test.includes(row))).toBe(true);
  const chosen = (bit: number) => [...made.rows].filter((_, i) => made.isIn[i] === bit);
  expect([...made.split.train].filter((row) => !split!.train.includes(row))).toEqual(chosen(1));
  expect([...split!.train].every((row) => made.split.train.includes(row))).toBe(true);
  expect([...made.split.test]).toEqual(chosen(0));
  expect([...made.before.train]).toEqual([...split!.train]);
  expect([...made.before.test]).toEqual([...made.rows]);
});

test("coins are fair, and belong to the stream", () => {
  const [split] = splitsOf({ a: 300 });
  let inside = 0;
  for (let seed = 0; seed < 50; seed++) {
    const { isIn } = withCanaries(split!, { count: 100, minCount: 1, stream: streamOf(seed) });
    inside += isIn.reduce((sum, bit) => sum + bit, 0);
  }
  // 2,500 of 5,000 are expected, with a deviation of 35.
  expect(Math.abs(inside - 2500)).toBeLessThan(4 * 36);
  const again = withCanaries(split!, { count: 100, minCount: 1, stream: stream() });
  expect(withCanaries(split!, { count: 100, minCount: 1, stream: stream() })).toEqual(again);
});

test("hashed features get values of their own, in buckets that were free; labels turn over; all else stays", () => {
  const [split] = splitsOf({ a: 300 });
  const { split: made, rows } = withCanaries(split!, { count: 100, minCount: 1, stream: stream() });
  split!.categorical.forEach(({ name, column, rule }, f) => {
    const changed = made.categorical[f]!;
    if (column.kind !== "text" || changed.column.kind !== "text") throw new Error("text");
    const { codes, values } = changed.column;
    const buckets = rule.kind === "value" ? rule.hash! : 0;
    const taken = new Set(column.values.map((value) => hashOf(value, buckets)));
    const own = Array.from(rows, (row) => hashOf(values[codes[row]!]!, buckets));
    expect([name, own.some((bucket) => taken.has(bucket))]).toEqual([name, false]);
    expect(new Set(own).size).toBe(100);
    for (let row = 0; row < codes.length; row++)
      if (!rows.includes(row)) expect(values[codes[row]!]).toBe(column.values[column.codes[row]!]);
  });
  for (const row of rows) {
    expect(made.label[row]).toBe(1 - split!.label[row]!);
    const sale = split!.furtherLabels[0]![row]!;
    expect(made.furtherLabels[0]![row]).toBe(sale < 0 ? sale : 1 - sale);
  }
});

test("where buckets run out, canaries still get values that nobody else has", () => {
  const [split] = splitsOf({ a: 300 });
  const narrow = {
    ...split!,
    categorical: split!.categorical.map((entry) => ({
      ...entry,
      rule: { kind: "value" as const, hash: 7 },
    })),
  };
  const { split: made, rows } = withCanaries(narrow, { count: 50, minCount: 1, stream: stream() });
  const { column } = made.categorical[0]!;
  expect(
    new Set(Array.from(rows, (row) => (column.kind === "text" ? column.codes[row] : -1))).size,
  ).toBe(50);
});

test("a vocabulary is the same with canaries and without: their values are frequent ones of training rows", () => {
  const [{ table, client }] = syntheticWorld({
    kind: "synthetic",
    markets: { a: { rows: 600 } },
    sharedTaste: 0.8,
    worldSeed: 1,
  }) as [{ table: Parameters<typeof splitClient>[0]; client: string }];
  const rules = {
    client,
    columns: syntheticColumns,
    feedback: "explicit" as const,
    split: { kind: "random" as const, valid: 0.1, test: 0.4 },
  };
  const split = splitClient(table, rules, 1);
  const minCount = 3;
  const made = withCanaries(split, { count: 150, minCount, stream: stream() });
  split.categorical.forEach(({ column }, f) => {
    const changed = made.split.categorical[f]!.column;
    if (column.kind !== "text" || changed.kind !== "text") throw new Error("text");
    const uses = new Map<number, number>();
    for (const row of split.train)
      uses.set(column.codes[row]!, (uses.get(column.codes[row]!) ?? 0) + 1);
    for (const row of made.rows)
      expect(uses.get(changed.codes[row]!)).toBeGreaterThanOrEqual(minCount);
  });
  split.numeric.forEach(({ column }, f) => {
    const changed = made.split.numeric[f]!.column;
    if (column.kind !== "number" || changed.kind !== "number") throw new Error("number");
    const known = new Set(Array.from(split.train, (row) => column.values[row]));
    for (const row of made.rows) expect(known.has(changed.values[row])).toBe(true);
  });
});
