import * as fc from "fast-check";
import { expect, test } from "vitest";
import { gather } from "./gather.ts";
import { naiveRowGradients, smallTable } from "./naive.fixture.ts";
import { createRowGradients, sumByRow } from "./row-gradients.ts";

test("two examples, features in the table's order, each from its own column", () => {
  const table = smallTable(["hour", "item"]);
  // columns: user, item, hour
  const categorical = Int32Array.of(8, 5, 1, 3, 0, 2);
  const out = new Float32Array(2 * 2 * 3);
  gather(table, categorical, out);
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
  expect(() => gather(table, new Int32Array(6), new Float32Array(13))).toThrow(RangeError);
  expect(() => gather(table, new Int32Array(5), new Float32Array(12))).toThrow(RangeError);
  const gradients = createRowGradients(table, 2);
  const batch = { numRows: 3, categorical: new Int32Array(9) };
  expect(() => sumByRow(table, batch, new Float32Array(18), gradients)).toThrow(
    "3 examples, but buffers for 4 rows",
  );
  expect(() => sumByRow(table, { ...batch, numRows: 2 }, new Float32Array(11), gradients)).toThrow(
    "11 entries for 2 examples of 2 features and width 3",
  );
});

const batches = fc.array(
  fc.record({
    examples: fc.array(
      fc.tuple(fc.nat(8), fc.nat(5), fc.nat(3)), // user, item, hour
      { minLength: 1, maxLength: 12 },
    ),
    padded: fc.nat(3),
    phase: fc.nat(100),
  }),
  { minLength: 1, maxLength: 5 },
);

test("batch after batch, the sums by row are those of a map", () => {
  fc.assert(
    fc.property(batches, (sequence) => {
      const table = smallTable();
      const out = createRowGradients(table, 16);
      for (const { examples, padded, phase } of sequence) {
        // The rows of padding carry values and gradients that must not count.
        const all = [...examples, ...Array.from({ length: padded }, () => [1, 2, 3])];
        const categorical = Int32Array.from(all.flat());
        const gradient = Float32Array.from({ length: all.length * 6 }, (_, i) =>
          Math.sin(i + phase),
        );
        sumByRow(table, { numRows: examples.length, categorical }, gradient, out);
        const expected = naiveRowGradients(table, categorical, gradient, examples.length);
        expect([...out.rows.subarray(0, out.count)]).toEqual([...expected.keys()]);
        for (let slot = 0; slot < out.count; slot++)
          expected
            .get(out.rows[slot]!)!
            .forEach((sum, k) => expect(out.sums[slot * 3 + k]).toBeCloseTo(sum, 5));
      }
    }),
  );
});
