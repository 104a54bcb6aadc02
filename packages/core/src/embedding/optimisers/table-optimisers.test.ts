import { describe, expect, test } from "vitest";
import { tableOptimiserConfig } from "../../optim/index.ts";
import fixtures from "../__fixtures__/trajectories.json" with { type: "json" };
import { rowGradients, smallTable } from "../naive.fixture.ts";
import { makeTableOptimiser, tableOptimisers } from "./registry.ts";
import { tableOptimiserLaws, trainSome } from "./table-optimisers.laws.ts";

describe.each(Object.entries(tableOptimisers))("%s keeps the laws", (_, factory) => {
  tableOptimiserLaws(factory);
});

test("every kind of the config is on the shelf, and the reverse", () => {
  const kinds = tableOptimiserConfig.options.map((option) => option.shape.kind.value);
  expect(kinds.toSorted()).toEqual(Object.keys(tableOptimisers).toSorted());
});

describe("trajectories agree with PyTorch", () => {
  test.each(fixtures.cases)("$kind, $batch examples, weight decay $weightDecay", (example) => {
    const { batch, kind, weightDecay } = example;
    const { learningRate } = fixtures;
    const rule = makeTableOptimiser(
      tableOptimiserConfig.parse({ kind, learningRate, weightDecay }),
    );
    const table = smallTable();
    const state = rule.init(table);
    expect(example.values).toHaveLength(10);
    example.values.forEach((expected, step) => {
      const categorical = new Int32Array(batch * 3);
      const gradient = new Float32Array(batch * 6);
      for (let b = 0; b < batch; b++)
        for (let f = 0; f < 2; f++) {
          categorical[b * 3 + 1 + f] = (b + 2 * step + f) % table.features[f]!.numRows;
          for (let k = 0; k < 3; k++)
            gradient[(b * 2 + f) * 3 + k] = Math.sin(1 + 0.7 * b + 1.3 * f + 0.4 * k + 0.9 * step);
        }
      rule.step(table, rowGradients(table, categorical, gradient), state);
      expected.forEach((value, i) => expect(Math.abs(table.values[i]! - value)).toBeLessThan(2e-6));
    });
  });
});

test("rowwise Adagrad, by hand: one rate per row, from the mean square of its gradient", () => {
  const table = smallTable(["hour"]);
  table.values.fill(1, 3, 6);
  const rule = makeTableOptimiser({
    kind: "rowwise-adagrad",
    learningRate: 0.5,
    weightDecay: 0,
  });
  const state = rule.init(table);
  const step = (...g: number[]) => rule.step(table, rowGradients(table, [0, 0, 1], g), state);
  step(3, 0, -3); // mean square 6
  const first = [1 - 1.5 / Math.sqrt(6), 1, 1 + 1.5 / Math.sqrt(6)];
  first.forEach((value, k) => expect(table.values[3 + k]).toBeCloseTo(value, 6));
  step(1, 2, -4); // mean square 7, accumulated 13
  const rate = 0.5 / Math.sqrt(13);
  [first[0]! - rate, 1 - 2 * rate, first[2]! + 4 * rate].forEach((value, k) =>
    expect(table.values[3 + k]).toBeCloseTo(value, 6),
  );
  expect([...state.moments["sum"]!]).toEqual([0, 13, 0, 0]);
});

test("rowwise Adagrad with decay: the L2 term enters the accumulator", () => {
  const table = smallTable(["hour"]);
  table.values.set([2, -2, 2], 3);
  const rule = makeTableOptimiser({
    kind: "rowwise-adagrad",
    learningRate: 0.1,
    weightDecay: 0.5,
  });
  const state = rule.init(table);
  rule.step(table, rowGradients(table, [0, 0, 1], [1, 1, 0]), state);
  // g + wd p = (2, 0, 1): mean square 5/3
  const rate = 0.1 / Math.sqrt(5 / 3);
  [2 - 2 * rate, -2, 2 - rate].forEach((value, k) =>
    expect(table.values[3 + k]).toBeCloseTo(value, 6),
  );
});

test("only dense Adam moves a row after its last batch", () => {
  for (const [kind, factory] of Object.entries(tableOptimisers)) {
    const table = smallTable(["item"]);
    const rule = factory({ learningRate: 0.05, weightDecay: 0 });
    const state = rule.init(table);
    const see = (item: number) =>
      rule.step(table, rowGradients(table, [0, item, 0], [1, -1, 1]), state);
    see(2);
    const after = table.values.slice(6, 9);
    see(3);
    if (kind === "adam") expect(table.values.slice(6, 9)).not.toEqual(after);
    else expect(table.values.slice(6, 9)).toEqual(after);
  }
});

test("lazy Adam and dense Adam agree while every row is in every batch", () => {
  const [lazy, dense] = [smallTable(["hour"]), smallTable(["hour"])];
  const settings = { learningRate: 0.05, weightDecay: 0.1 };
  for (const [table, kind] of [
    [lazy, "lazy-adam"],
    [dense, "adam"],
  ] as const) {
    const rule = tableOptimisers[kind](settings);
    const state = rule.init(table);
    const categorical = [0, 0, 1, 0, 0, 2, 0, 0, 3];
    for (let t = 0; t < 8; t++) {
      const gradient = Float32Array.from({ length: 9 }, (_, i) => Math.sin(i + t));
      rule.step(table, rowGradients(table, categorical, gradient), state);
    }
  }
  expect(lazy.values).toEqual(dense.values);
});

test("lazy Adam corrects by the table's steps: a row first seen at step 10 starts gently", () => {
  const table = smallTable();
  const rule = tableOptimisers["lazy-adam"]({ learningRate: 0.05, weightDecay: 0 });
  const state = rule.init(table);
  trainSome(rule, table, state, 9);
  const before = table.values.slice(15, 18); // item 5
  rule.step(table, rowGradients(table, [0, 5, 0], [1, 1, 1, 0, 0, 0]), state);
  // m = 0.1, v = 0.001, corrected by 1 - 0.9^10 and 1 - 0.999^10
  const move = (0.05 * (0.1 / (1 - 0.9 ** 10))) / Math.sqrt(0.001 / (1 - 0.999 ** 10));
  expect(move).toBeCloseTo(0.0242, 3); // a correction by the row's own count would give 0.05
  before.forEach((value, k) => expect(table.values[15 + k]).toBeCloseTo(value - move, 6));
});
