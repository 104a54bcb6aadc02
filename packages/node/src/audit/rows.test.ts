import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "@atoll/core/random";
import { allRows, randomHalves, sampleRows, union, withParts } from "./rows.ts";
import { shadowTrainings, trainingSeed } from "./shadows.ts";
import { splitsOf } from "./world.fixture.ts";

const sorted = (rows: Int32Array) => [...rows].every((row, i) => i === 0 || rows[i - 1]! < row);

test("halves are apart, ascending, and all of the rows", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 80 }), fc.integer(), (size, seed) => {
      const rows = Int32Array.from({ length: size }, (_, i) => 3 * i);
      const [a, b] = randomHalves(rows, streamOf(seed, "halves"));
      expect([...union(a, b)]).toEqual([...rows]);
      expect([sorted(a), sorted(b)]).toEqual([true, true]);
      expect(b.length - a.length).toBe(size % 2);
    }),
  );
});

test("a sample is ascending, without repeats, of the rows, and all of them where there are few", () => {
  const rows = Int32Array.from({ length: 50 }, (_, i) => i * i);
  const sample = sampleRows(rows, 20, streamOf(1));
  expect([sample.length, sorted(sample), new Set(sample).size]).toEqual([20, true, 20]);
  expect([...sample].every((row) => rows.includes(row))).toBe(true);
  expect([...sampleRows(rows, 99, streamOf(1))]).toEqual([...rows]);
});

test("other parts change counts, and leave the run's split as it was", () => {
  const [split] = splitsOf({ a: 60 });
  const before = structuredClone(split!);
  const changed = withParts(split!, { train: Int32Array.of(1, 2), test: Int32Array.of(5) });
  expect([changed.counts.train, changed.counts.test]).toEqual([2, 1]);
  expect([...changed.valid]).toEqual([...split!.valid]);
  expect(split).toEqual(before);
});

test("every row of the pool is in exactly half of the shadow trainings, and never in both parts of one", () => {
  const [split] = splitsOf({ a: 120 });
  const pool = union(split!.train, split!.test);
  const trainings = shadowTrainings([split!], { count: 6, auditSeed: 3 });
  expect(new Set(trainings.map(({ seed }) => seed)).size).toBe(6);
  const times = new Map<number, number>();
  for (const { splits } of trainings) {
    const [own] = splits;
    expect([...union(own!.train, own!.test)]).toEqual([...pool]);
    for (const row of own!.train) times.set(row, (times.get(row) ?? 0) + 1);
  }
  expect([...pool].map((row) => times.get(row))).toEqual(Array.from(pool, () => 3));
  // Other seeds, other halves and other trainings.
  const others = shadowTrainings([split!], { count: 6, auditSeed: 4 });
  expect([...others[0]!.splits[0]!.train]).not.toEqual([...trainings[0]!.splits[0]!.train]);
  expect(trainingSeed(3, "shadow", 0)).not.toBe(trainingSeed(3, "canaries", 0));
});

test("attacked rows are members first", () => {
  const rows = { members: Int32Array.of(4, 9), nonMembers: Int32Array.of(1) };
  expect([...allRows(rows)]).toEqual([4, 9, 1]);
});
