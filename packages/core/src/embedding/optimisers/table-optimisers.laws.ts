import { expect, test } from "vitest";
import type { OptimiserSettings, OptimiserState } from "../../optim/index.ts";
import { rowGradients, smallTable } from "../naive.fixture.ts";
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
  const until = state.step + steps;
  while (state.step < until) {
    const t = state.step;
    const categorical = Int32Array.of(0, t % 5, t % 3, 0, (t + 1) % 5, t % 3);
    const gradient = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i + 0.9 * t));
    rule.step(table, rowGradients(table, categorical, gradient), state);
  }
}

/** A copy that shares nothing: the numbers of an arena are shared memory, which clones do not copy. */
function copied({ arena }: EmbeddingTable, { step, moments }: OptimiserState): OptimiserState {
  const copies = Object.entries(moments).map(([name, values]) => {
    const copy = arena.float32(values.length);
    copy.set(values);
    return [name, copy] as const;
  });
  return { step, moments: Object.fromEntries(copies) };
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
    const g = [0.5, -1, 2, 0, 0, 0, 0.25, -0.5, 4, 0, 0, 0];
    rule.step(twice, rowGradients(twice, [0, 3, 0, 0, 3, 0], g), rule.init(twice));
    const sum = [0.75, -1.5, 6, 0, 0, 0];
    rule.step(once, rowGradients(once, [0, 3, 0], sum), rule.init(once));
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
    const saved = copied(parted, state);
    const values = parted.values.slice();
    trainSome(rule, parted, state, 2); // what happens to the live table and state is of no matter
    parted.values.set(values);
    trainSome(factory(settings), parted, saved, 7);
    expect(parted.values).toEqual(whole.values);
  });

  test("a state of another table is refused", () => {
    const rule = factory(settings);
    const table = smallTable();
    if (Object.keys(rule.init(table).moments).length > 0)
      expect(() => trainSome(rule, table, rule.init(smallTable(["hour"])), 1)).toThrow(RangeError);
  });
}
