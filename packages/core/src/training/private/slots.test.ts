import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createLookup, createTable, lookUp } from "../../embedding/index.ts";
import { createArena } from "../../kernels/index.ts";
import { streamOf } from "../../random/index.ts";
import { slotWriter } from "./slots.ts";
import { plainSchema, richSchema } from "./worlds.fixture.ts";

/** user, item, tags (3), history (4, items): nine columns. */
const COLUMNS = 9;
const values = fc.tuple(...[9, 8, 6, 6, 6, 8, 8, 8, 8].map((numRows) => fc.nat(numRows - 1)));

test("equal slots within a unit and vocabulary mean equal rows, batch after batch", () => {
  const rowsPerUnit = 2;
  const arena = createArena();
  const spec = {
    name: "deep",
    features: ["item", "user", "history", "tags"],
    width: 1,
    init: () => undefined,
  };
  const table = createTable(spec, richSchema, streamOf(1), arena);
  const write = slotWriter(table, rowsPerUnit);
  const lookup = createLookup(table, 6 * COLUMNS);
  const slots = new Float32Array(6 * COLUMNS);
  /** Of each entry of a row: its vocabulary, its place there, and how many entries that has in a row. */
  const places = [
    ["item", 0, 5],
    ["user", 0, 1],
    ...[1, 2, 3, 4].map((place) => ["item", place, 5] as const),
    ...[0, 1, 2].map((place) => ["tags", place, 3] as const),
  ] as const;
  fc.assert(
    fc.property(fc.array(values, { minLength: 6, maxLength: 6 }), (rows) => {
      const categorical = arena.int32(6 * COLUMNS);
      categorical.set(rows.flat());
      lookUp(lookup, categorical, 6);
      write(lookup, slots);
      for (let unit = 0; unit < 3; unit++) {
        const first = new Map<number, number>();
        for (let i = 0; i < rowsPerUnit * COLUMNS; i++) {
          const [, place, stride] = places[i % COLUMNS]!;
          const entry = unit * rowsPerUnit * COLUMNS + i;
          const row = lookup.rows[entry]!;
          const isPadding = table.features.some(({ offset }) => offset === row);
          const own = place + Math.floor(i / COLUMNS) * stride;
          if (!isPadding && !first.has(row)) first.set(row, own);
          expect(slots[entry]).toBe(isPadding ? -1 : first.get(row));
        }
      }
    }),
  );
});

test("a row of one value per vocabulary has no two entries of a row: 0, and -1 for padding", () => {
  const arena = createArena();
  const spec = { name: "deep", features: ["user", "item"], width: 1, init: () => undefined };
  const table = createTable(spec, plainSchema, streamOf(1), arena);
  const lookup = createLookup(table, 6);
  const categorical = arena.int32(6);
  categorical.set([3, 4, 0, 4, 3, 0]);
  lookUp(lookup, categorical, 3);
  const slots = new Float32Array(6);
  slotWriter(table, 1)(lookup, slots);
  expect([...slots]).toEqual([0, 0, -1, 0, 0, -1]);
});
