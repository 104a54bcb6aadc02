import { expect, test } from "vitest";
import { createBatch } from "../../data/index.ts";
import { createArena } from "../../kernels/index.ts";
import { streamOf } from "../../random/index.ts";
import { unitFiller } from "./fill-units.ts";
import { unitsOf } from "./units.ts";
import { plainSchema, world } from "./worlds.fixture.ts";

test("a unit takes its rows' places, which weigh one over their number; the rest is padding", () => {
  const whole = world({ numRows: 7 });
  const train = {
    ...whole.train,
    user: Int32Array.of(0, 1, 0, 0, 0, 2, 0),
    weight: Float32Array.of(1, 0.5, 1, 1, 1, 3, 1),
  };
  const data = { ...whole, train };
  const batch = createBatch(plainSchema, 4 * 3, createArena());
  const fill = unitFiller(data, unitsOf(data, "user"), 3);
  fill(batch, Int32Array.of(1, 0, 2), streamOf(1));
  const third = Math.fround(1 / 3);
  expect([...batch.weight]).toEqual([0.5, 0, 0, third, third, third, 3, 0, 0, 0, 0, 0]);
  const { categorical, numeric } = train.rows;
  const rowAt = (at: number) => [...batch.categorical.subarray(2 * at, 2 * at + 2)];
  const rowOf = (row: number) => [...categorical.subarray(2 * row, 2 * row + 2)];
  expect(rowAt(0)).toEqual(rowOf(1));
  expect(rowAt(6)).toEqual(rowOf(5));
  expect(batch.numeric[6]).toBe(numeric[5]);
  expect(batch.label[6]).toBe(train.label[5]);
  for (const at of [1, 2, 7, 8, 9, 10, 11]) expect(rowAt(at)).toEqual([0, 0]);
  const drawn = [3, 4, 5].map((at) => batch.numeric[at]!);
  expect(new Set(drawn).size).toBe(3);
  for (const value of drawn) expect([0, 2, 3, 4, 6].map((row) => numeric[row]!)).toContain(value);

  fill(batch, Int32Array.of(2), streamOf(1));
  expect([...batch.weight.subarray(0, 4)]).toEqual([3, 0, 0, 0]);
  expect(rowAt(3)).toEqual([0, 0]);
});
