import type { Batch, Examples } from "./examples.ts";
import {
  columnsOf,
  itemColumns,
  numColumnsOf,
  numStoredNumbers,
  PADDING_ROW,
  tasksOf,
  type FeatureSchema,
} from "./schema.ts";

/** Writes examples of one schema into batches. */
export interface Filler {
  /** Example `from` of `examples` becomes row `at` of the batch, with its weight. */
  readonly fill: (examples: Examples, from: number, batch: Batch, at: number) => void;
  /** Rows from `numRows` on become padding: padding rows of every table, weight 0. */
  readonly pad: (batch: Batch, numRows: number) => Batch;
}

export function createFiller(schema: FeatureSchema): Filler {
  const C = numColumnsOf(schema);
  const N = schema.numeric.length;
  const stored = numStoredNumbers(schema);
  const T = tasksOf(schema).length;
  const { categorical: itemCategorical, numeric: itemNumeric } = itemColumns(schema);
  const historyColumn = columnsOf(schema).at(-1) ?? 0;
  return {
    fill: ({ rows, at: rowOf, itemAt, label, weight }, from, batch, at) => {
      const { categorical, numeric, histories, pairs } = rows;
      const row = rows.seek === undefined ? rowOf[from]! : rows.seek(rowOf[from]!);
      const width = histories === undefined ? C : historyColumn;
      const out = at * C;
      const start = row * width;
      for (let c = 0; c < width; c++) batch.categorical[out + c] = categorical[start + c]!;
      for (let n = 0; n < stored; n++) batch.numeric[at * N + n] = numeric[row * stored + n]!;
      if (itemAt !== undefined && itemAt[from] !== rowOf[from]) {
        const itemRow = itemAt[from]!;
        for (let i = 0; i < itemCategorical.length; i++)
          batch.categorical[out + itemCategorical[i]!] =
            categorical[itemRow * width + itemCategorical[i]!]!;
        for (let i = 0; i < itemNumeric.length; i++)
          batch.numeric[at * N + itemNumeric[i]!] = numeric[itemRow * stored + itemNumeric[i]!]!;
      }
      if (pairs !== undefined)
        pairs.write(row, pairs.itemOfRow[itemAt?.[from] ?? row]!, batch.numeric, at * N + stored);
      if (histories !== undefined) {
        const { length, items, starts, ends } = histories;
        const end = ends[row]!;
        const first = Math.max(starts[row]!, end - length);
        const padding = length - (end - first);
        const to = out + historyColumn;
        for (let i = 0; i < padding; i++) batch.categorical[to + i] = PADDING_ROW;
        for (let i = padding; i < length; i++)
          batch.categorical[to + i] = items[first + i - padding]!;
      }
      for (let t = 0; t < T; t++) batch.label[at * T + t] = label[from * T + t]!;
      batch.weight[at] = weight === undefined ? 1 : weight[from]!;
    },
    pad: (batch, numRows) => {
      batch.numRows = numRows;
      batch.categorical.fill(PADDING_ROW, numRows * C);
      batch.numeric.fill(0, numRows * N);
      batch.label.fill(0, numRows * T);
      batch.weight.fill(0, numRows);
      return batch;
    },
  };
}
