import { expect, test } from "vitest";
import { createArena } from "../kernels/index.ts";
import { normal, streamOf } from "../random/index.ts";
import { schema, smallTable } from "./naive.fixture.ts";
import { createTable, featureView } from "./table.ts";

test("features lie one after another, padding rows are zero, the rest is drawn", () => {
  const spec = {
    name: "deep",
    features: ["hour", "user"],
    width: 2,
    init: (target: Float32Array, shape: readonly number[]) => {
      expect(shape).toEqual([target.length / 2, 2]);
      const stream = streamOf(3, shape[0]!);
      for (let i = 0; i < target.length; i++) target[i] = normal(stream);
    },
  };
  const table = createTable(spec, schema, streamOf(7), createArena());
  expect(table.features).toEqual([
    { name: "hour", vocabulary: "hour", column: 2, length: 1, offset: 0, numRows: 4 },
    { name: "user", vocabulary: "user", column: 0, length: 1, offset: 4, numRows: 9 },
  ]);
  expect(table.numRows).toBe(13);
  expect(table.numColumns).toBe(3);
  expect(table.values).toHaveLength(26);
  for (let row = 0; row < 13; row++) {
    const entries = table.values.subarray(2 * row, 2 * row + 2);
    if (row === 0 || row === 4) expect([...entries]).toEqual([0, 0]);
    else expect(entries.every((x) => x !== 0)).toBe(true);
  }
});

test("a feature's view is a window on the table", () => {
  const table = smallTable();
  const hours = featureView(table, "hour");
  expect(hours).toHaveLength(12);
  hours[4] = 42; // row 1, entry 1 of a feature that begins at row 6
  expect(table.values[7 * 3 + 1]).toBe(42);
});

test("an unknown feature is named, with those that exist", () => {
  expect(() => featureView(smallTable(), "user")).toThrow(
    'embedding "deep": no categorical feature "user"; there are: item, hour',
  );
  expect(() => smallTable(["shop"])).toThrow(
    'embedding "deep": no categorical feature "shop"; there are: user, item, hour',
  );
});
