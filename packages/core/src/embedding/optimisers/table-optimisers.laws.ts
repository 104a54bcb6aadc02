import { expect, test } from "vitest";
import type { OptimiserSettings, OptimiserState } from "../../optim/index.ts";
import { smallTable } from "../naive.fixture.ts";
import { createRowGradients, sumByRow } from "../row-gradients.ts";
import type { EmbeddingTable } from "../table.ts";
import type { TableOptimiser } from "./table-optimiser.ts";

type Factory = (settings: OptimiserSettings) => TableOptimiser;

/** Two examples per step that reach few rows, padding among them. */
export function trainSome(
  rule: TableOptimiser,
  table: EmbeddingTable,
  state: OptimiserState,
  steps: number,
): void {
  const gradients = createRowGradients(table, 2);
  const until = state.step + steps;
  while (state.step < until) {
    const t = state.step;
    const categorical = Int32Array.of(0, t % 5, t % 3, 0, (t + 1) % 5, t % 3);
    const gradient = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i + 0.9 * t));
    sumByRow(table, { numRows: 2, categorical }, gradient, gradients);
    rule.step(table, gradients, state);
  }
}

/** What holds for every optimiser of tables. */
export function tableOptimiserLaws(factory: Factory): void {
  const settings = { learningRate: 0.05, weightDecay: 0.01 };

  test("the same batches give the same bytes", () => {
    const [a, b] = [smallTable(), smallTable()];
    trainSome(factory(settings), a, factory(settings).init(a), 20);
    trainSome(factory(settings), b, factory(settings).init(b), 20);
    expect(a.values).toEqual(b.values);
    expect(a.values).not.toEqual(smallTable().values);
  });

  test("padding rows stay zero, with decay too", () => {
    const table = smallTable();
    const rule = factory({ learningRate: 0.05, weightDecay: 0.5 });
    trainSome(rule, table, rule.init(table), 10);
    for (const { offset } of table.features)
      expect([...table.values.subarray(3 * offset, 3 * offset + 3)]).toEqual([0, 0, 0]);
  });

  test("rows that were never seen rest, without decay", () => {
    const table = smallTable();
    const rule = factory({ learningRate: 0.05, weightDecay: 0 });
    trainSome(rule, table, rule.init(table), 10);
    // item 5 and hour 3 (rows 5 and 9) are in no batch
    for (const row of [5, 9])
      expect(table.values.subarray(3 * row, 3 * row + 3)).toEqual(
        smallTable().values.subarray(3 * row, 3 * row + 3),
      );
  });

  test("a row seen twice in a batch moves as if seen once with the summed gradient", () => {
    const [twice, once] = [smallTable(), smallTable()];
    const rule = factory(settings);
    const gradients = createRowGradients(twice, 2);
    const categorical = Int32Array.of(0, 3, 0, 0, 3, 0);
    const g = Float32Array.of(0.5, -1, 2, 0, 0, 0, 0.25, -0.5, 4, 0, 0, 0);
    sumByRow(twice, { numRows: 2, categorical }, g, gradients);
    rule.step(twice, gradients, rule.init(twice));
    const sum = Float32Array.of(0.75, -1.5, 6, 0, 0, 0);
    sumByRow(once, { numRows: 1, categorical }, sum, gradients);
    rule.step(once, gradients, rule.init(once));
    expect(twice.values).toEqual(once.values);
    expect(once.values).not.toEqual(smallTable().values);
  });

  test("a state that was saved and loaded continues as if it had never stopped", () => {
    const rule = factory(settings);
    const whole = smallTable();
    trainSome(rule, whole, rule.init(whole), 12);
    const parted = smallTable();
    const state = rule.init(parted);
    trainSome(rule, parted, state, 5);
    trainSome(
      factory(settings),
      parted,
      { step: state.step, moments: structuredClone(state.moments) },
      7,
    );
    expect(parted.values).toEqual(whole.values);
  });

  test("a state of another table is refused", () => {
    const rule = factory(settings);
    const table = smallTable();
    expect(() => trainSome(rule, table, rule.init(smallTable(["hour"])), 1)).toThrow(RangeError);
  });
}
