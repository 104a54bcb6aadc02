import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gather } from "./gather.ts";
import { createLookup, distinguish, lookUp, lookUpValues, type Lookup } from "./lookup.ts";
import { inArena, naiveRowGradients, smallTable } from "./naive.fixture.ts";
import { sumByRow } from "./row-gradients.ts";
import { featureOf, type EmbeddingTable } from "./table.ts";

function integersIn({ arena }: EmbeddingTable, values: readonly number[]): Int32Array {
  const array = arena.int32(values.length);
  array.set(values);
  return array;
}

test("two examples, features in the table's order, each from its own column", () => {
  const table = smallTable(["hour", "item"]);
  const lookup = createLookup(table, 4);
  // columns: user, item, hour
  lookUp(lookup, integersIn(table, [8, 5, 1, 3, 0, 2]), 2);
  const out = table.arena.float32(2 * 2 * 3);
  gather(lookup, out);
  const entry = (row: number, k: number, f: number) => Math.fround(Math.cos(2 * row + 0.6 * k + f));
  expect([...out]).toEqual([
    ...[0, 1, 2].map((k) => entry(1, k, 0)), // hour 1
    ...[0, 1, 2].map((k) => entry(5, k, 1)), // item 5
    ...[0, 1, 2].map((k) => entry(2, k, 0)), // hour 2
    0,
    0,
    0, // item 0: padding
  ]);
});

test("buffers that do not fit are refused", () => {
  const table = smallTable();
  const lookup = createLookup(table, 4);
  expect(() => lookUp(lookup, integersIn(table, [0, 0, 0]), 2)).toThrow(
    "2 examples of 2 values, but 3 categorical values of 3 per example and room for 4 entries",
  );
  expect(() => lookUp(lookup, table.arena.int32(9), 3)).toThrow(RangeError);
  const item = featureOf(table, "item");
  expect(() => lookUpValues(lookup, item, integersIn(table, [1]), 2)).toThrow(RangeError);
  lookUp(lookup, integersIn(table, [0, 1, 2, 0, 3, 3]), 2);
  distinguish(lookup);
  const { float32 } = table.arena;
  expect(() => gather(lookup, float32(11))).toThrow("11 outputs for 4 vectors of width 3");
  expect(() => sumByRow(lookup, float32(11), float32(12))).toThrow(
    "11 gradient entries for 4 vectors of width 3",
  );
  expect(() => sumByRow(lookup, float32(12), float32(8))).toThrow("8 sums for 4 rows of width 3");
  expect(() => gather(lookup, new Float32Array(12))).toThrow("outside of the arena");
});

const batches = fc.array(
  fc.record({
    examples: fc.array(
      fc.tuple(fc.nat(8), fc.nat(5), fc.nat(3)), // user, item, hour
      { minLength: 1, maxLength: 12 },
    ),
    phase: fc.nat(100),
  }),
  { minLength: 1, maxLength: 5 },
);

test("batch after batch, in lookups that take turns, the sums by row are those of a map", () => {
  fc.assert(
    fc.property(batches, (sequence) => {
      const table = smallTable();
      const lookups = [createLookup(table, 24), createLookup(table, 24)];
      const sums = table.arena.float32(24 * 3);
      sequence.forEach(({ examples, phase }, turn) => {
        const lookup = lookups[turn % 2]!;
        const categorical = integersIn(table, examples.flat());
        const gradient = Float32Array.from({ length: examples.length * 6 }, (_, i) =>
          Math.sin(i + phase),
        );
        lookUp(lookup, categorical, examples.length);
        distinguish(lookup);
        const { count, rows } = sumByRow(lookup, inArena(table, gradient), sums);
        const expected = naiveRowGradients(table, categorical, gradient, examples.length);
        expect([...rows.subarray(0, count)]).toEqual([...expected.keys()]);
        for (let slot = 0; slot < count; slot++)
          expected
            .get(rows[slot]!)!
            .forEach((sum, k) => expect(sums[slot * 3 + k]).toBeCloseTo(sum, 5));
      });
    }),
  );
});

describe("bags", () => {
  /** Three bags of items: [2, 3, 3], [], [4, 0] with a padding entry. */
  function bagged(pooling: "sum" | "mean"): { table: EmbeddingTable; lookup: Lookup } {
    const table = smallTable();
    const lookup = createLookup(table, 8, { pooling, capacity: 4 });
    lookUpValues(lookup, featureOf(table, "item"), integersIn(table, [2, 3, 3, 4, 0]), 5);
    lookup.bags!.starts.set([0, 3, 3, 5]);
    lookup.bags!.numBags = 3;
    distinguish(lookup);
    return { table, lookup };
  }
  const row = (item: number, k: number) => Math.cos(2 * item + 0.6 * k);

  test.each([
    { pooling: "sum" as const, shares: [1, 1] },
    { pooling: "mean" as const, shares: [1 / 3, 1] },
  ])("pool by $pooling, by hand; empty bags give zeros", ({ pooling, shares }) => {
    const { table, lookup } = bagged(pooling);
    const out = table.arena.float32(9).fill(7);
    gather(lookup, out);
    for (let k = 0; k < 3; k++) {
      expect(out[k]).toBeCloseTo(shares[0]! * (row(2, k) + 2 * row(3, k)), 6);
      expect(out[3 + k]).toBe(0);
      expect(out[6 + k]).toBeCloseTo(shares[1]! * row(4, k), 6);
    }
  });

  test.each([
    { pooling: "sum" as const, shares: [1, 1] },
    { pooling: "mean" as const, shares: [1 / 3, 1] },
  ])("send their gradient back to every member ($pooling)", ({ pooling, shares }) => {
    const { table, lookup } = bagged(pooling);
    const gradient = inArena(table, [1, 2, 3, 40, 50, 60, -7, 8, -9]);
    const { count, rows, sums } = sumByRow(lookup, gradient, table.arena.float32(9));
    expect([...rows.subarray(0, count)]).toEqual([2, 3, 4]);
    [1, 2, 3].forEach((g, k) => {
      expect(sums[k]).toBeCloseTo(shares[0]! * g, 6); // item 2, once
      expect(sums[3 + k]).toBeCloseTo(2 * shares[0]! * g, 6); // item 3, twice
    });
    expect([...sums.subarray(6, 9)]).toEqual([-7, 8, -9]);
  });

  test("agree with torch.nn.EmbeddingBag in the transpose law: <pool(E), g> = <E, pool'(g)>", () => {
    const value = fc.integer({ min: 0, max: 5 });
    const bags = fc.array(fc.array(value, { maxLength: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(bags, fc.constantFrom("sum" as const, "mean" as const), (members, pooling) => {
        const table = smallTable();
        const all = members.flat();
        const capacity = { pooling, capacity: members.length };
        const lookup = createLookup(table, all.length + 1, capacity);
        lookUpValues(lookup, featureOf(table, "item"), integersIn(table, all), all.length);
        let start = 0;
        const starts = members.map((bag) => (start += bag.length));
        lookup.bags!.starts.set([0, ...starts]);
        lookup.bags!.numBags = members.length;
        distinguish(lookup);
        const size = members.length * 3;
        const out = table.arena.float32(size);
        gather(lookup, out);
        const gradient = inArena(
          table,
          Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
        );
        const back = sumByRow(lookup, gradient, table.arena.float32(18));
        let [forward, backward] = [0, 0];
        for (let i = 0; i < size; i++) forward += out[i]! * gradient[i]!;
        for (let slot = 0; slot < back.count; slot++)
          for (let k = 0; k < 3; k++)
            backward += table.values[3 * back.rows[slot]! + k]! * back.sums[3 * slot + k]!;
        expect(backward).toBeCloseTo(forward, 4);
      }),
    );
  });
});

test("sequences are looked up element by element: [2 examples, 3 items]", () => {
  const table = smallTable();
  const lookup = createLookup(table, 6);
  lookUpValues(lookup, featureOf(table, "item"), integersIn(table, [1, 2, 0, 5, 5, 3]), 6);
  const out = table.arena.float32(18);
  gather(lookup, out);
  [1, 2, 0, 5, 5, 3].forEach((item, i) => {
    for (let k = 0; k < 3; k++)
      expect(out[3 * i + k]).toBeCloseTo(item === 0 ? 0 : Math.cos(2 * item + 0.6 * k), 6);
  });
});
