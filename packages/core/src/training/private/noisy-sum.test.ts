import { expect, test } from "vitest";
import { createTable } from "../../embedding/index.ts";
import { createArena } from "../../kernels/index.ts";
import { streamOf } from "../../random/index.ts";
import { noisySum } from "./noisy-sum.ts";
import { plainSchema, toySecrets } from "./worlds.fixture.ts";

const arena = createArena();
const tableOf = (features: readonly string[], width: number) =>
  createTable(
    { name: features.join(), features, width, init: () => undefined },
    plainSchema,
    streamOf(1),
    arena,
  );

test("entries that read a row add up there over runs; padding is left out", () => {
  const sum = noisySum(2, [tableOf(["item", "user"], 2)]); // items from row 0, users from row 8
  const entries = (rows: readonly number[], gradient: readonly number[]) => ({
    rows: Int32Array.from(rows),
    gradient: Float32Array.from(gradient),
  });
  sum.clear();
  sum.add(Float32Array.of(1, 2), [entries([3, 0, 3], [1, 2, 9, 9, 0.5, 0.25])]);
  sum.add(Float32Array.of(10, 20), [entries([8, 9, 3], [9, 9, 3, 4, 1, 1])]);
  expect(sum.rows.map((rows) => [...rows])).toEqual([
    [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16],
  ]);
  expect(sum.size).toBe(2 + 15 * 2);
  const dense = new Float64Array(2);
  const sums = new Float64Array(30);
  sum.scaled(0.5, dense, [{ sums }]);
  expect([...dense]).toEqual([5.5, 11]);
  const expected = new Float64Array(30);
  expected.set([1.25, 1.625], 2 * 2); // row 3
  expected.set([1.5, 2], 7 * 2); // row 9
  expect([...sums]).toEqual([...expected]);
});

test("every entry gets noise of the deviation, rows that nobody read among them", () => {
  const sum = noisySum(300, [tableOf(["item"], 30), tableOf(["user"], 20)]);
  const dense = new Float64Array(300);
  const into = sum.rows.map((rows, t) => ({ sums: new Float64Array(rows.length * [30, 20][t]!) }));
  const squares = [0, 0, 0];
  const passes = 20;
  const bytes = toySecrets(2)("noise");
  for (let pass = 0; pass < passes; pass++) {
    sum.clear();
    sum.addNoise(3, bytes);
    sum.scaled(1, dense, into);
    [dense, into[0]!.sums, into[1]!.sums].forEach((values, i) => {
      expect(values.every((value) => value !== 0)).toBe(true);
      squares[i]! += values.reduce((total, value) => total + value * value, 0);
    });
  }
  [300, 210, 160].forEach((entries, i) => {
    const count = entries * passes;
    expect(Math.abs(squares[i]! / count / 9 - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });
});
