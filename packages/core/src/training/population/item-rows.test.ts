import fc from "fast-check";
import { expect, test } from "vitest";
import { parameterLayout } from "../../tensor/index.ts";
import { codeRows, itemTableRows, type ItemRows } from "./item-rows.ts";
import { learnedSpace } from "./learned-vector.ts";

const width = 2;
const codes = Int32Array.of(0, 1, 1, 1, 2, 0, 0, 1); // of four items, two levels

function vectorsOf(table: "items" | "codes", values: Float32Array): ItemRows {
  const rows = table === "items" ? 4 : 6;
  const space = learnedSpace(parameterLayout([]), [
    { name: "before", rows: 1, width: 3 },
    { name: table, rows, width },
  ]);
  const learned = { values, tables: space.tables };
  return table === "items"
    ? itemTableRows(learned)
    : codeRows(learned, { codes, levels: 2, size: 3 });
}

test("an item's row, and zeros for nobody's", () => {
  const rows = vectorsOf(
    "items",
    Float32Array.from({ length: 11 }, (_, i) => i),
  );
  const out = new Float32Array(6).fill(9);
  rows.gather(Int32Array.of(3, -1, 0), out);
  expect([...out]).toEqual([9, 10, 0, 0, 3, 4]);
});

test("an item's codes add up", () => {
  const rows = vectorsOf(
    "codes",
    Float32Array.from({ length: 15 }, (_, i) => i),
  );
  const out = new Float32Array(6).fill(9);
  rows.gather(Int32Array.of(0, 2, -1), out);
  // Rows 0 and 3 + 1; rows 2 and 3 + 0. The table begins at 3.
  expect([...out]).toEqual([3 + 11, 4 + 12, 7 + 9, 8 + 10, 0, 0]);
});

test.each(["items", "codes"] as const)("%s: gradients go where vectors came from", (table) => {
  const size = table === "items" ? 11 : 15;
  const entries = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size });
  const items = fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 3, maxLength: 3 });
  const gradient = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(entries, items, gradient, (values, of, given) => {
      const rows = vectorsOf(table, Float32Array.from(values));
      const vectors = new Float32Array(6);
      rows.gather(Int32Array.from(of), vectors);
      const sum = new Float64Array(size);
      rows.scatter(Int32Array.from(of), Float32Array.from(given), sum);
      const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
        Array.from(a).reduce((total, value, i) => total + value * b[i]!, 0);
      expect(dot(vectors, given)).toBe(dot(values, sum));
    }),
  );
});

test("a table that is not there is an error of whoever wrote the method", () => {
  expect(() => itemTableRows({ values: new Float32Array(2), tables: [] })).toThrow(
    "nothing is learned in a table items",
  );
});
