import type { SplitClient } from "../prepare-types.ts";
import type { RawColumn } from "../table.ts";
import type { NumericRule } from "./declared.ts";

/** What scaling needs to know of the training rows. Constant and empty columns have deviation 0. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** The numbers of a feature, by row. */
export function numbersOf(column: RawColumn, feature: string): Float64Array {
  if (column.kind !== "number") throw new TypeError(`the feature ${feature} has no numbers`);
  return column.values;
}

/** Before standardising: log is sign(x) log(1 + |x|). */
function transformed(value: number, { kind }: NumericRule): number {
  return kind === "log" ? Math.sign(value) * Math.log1p(Math.abs(value)) : value;
}

interface TrainedNumbers {
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

/** The training numbers of a numeric feature, or of a categorical one with quantiles, client by client. */
export function trainedNumbers(splits: readonly SplitClient[], feature: string): TrainedNumbers[] {
  return splits.map((split) => ({
    rows: split.train,
    values: numbersOf(
      [...split.numeric, ...split.categorical].find(({ name }) => name === feature)!.column,
      feature,
    ),
  }));
}

/**
 * Mean and deviation of the training rows of all given clients, missing values left out; the deviation
 * divides by the number of values. Of a column that is constant or empty in training it is 0.
 */
export function fitScale(columns: readonly TrainedNumbers[], rule: NumericRule): Scale {
  if (rule.kind === "none") return { mean: 0, deviation: 1 };
  let count = 0;
  let sum = 0;
  let least = Infinity;
  let most = -Infinity;
  for (const { rows, values } of columns)
    for (const row of rows) {
      const value = transformed(values[row]!, rule);
      if (Number.isNaN(value)) continue;
      count += 1;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  // Compared, not computed: the rounded mean of equal values can differ from them by a last digit, and a
  // division by that difference would blow it up.
  if (!(least < most)) return { mean: 0, deviation: 0 };
  const mean = sum / count;
  let squares = 0;
  for (const { rows, values } of columns)
    for (const row of rows) {
      const value = transformed(values[row]!, rule);
      if (!Number.isNaN(value)) squares += (value - mean) ** 2;
    }
  return { mean, deviation: Math.sqrt(squares / count) };
}

/**
 * What models see of a number: z = (x - mean) / deviation. A missing value becomes 0, which is the mean,
 * and so does every value of a column that is constant or empty in training.
 */
export function scaled(value: number, rule: NumericRule, { mean, deviation }: Scale): number {
  if (Number.isNaN(value) || deviation === 0) return 0;
  return (transformed(value, rule) - mean) / deviation;
}

/**
 * Ascending edges between buckets that hold equally many training values, as far as equal values allow:
 * the value at rank ceil(i n / buckets) - 1 of n sorted values, for i = 1 .. buckets - 1, each once, those
 * at the greatest value left out. A value belongs to the bucket of the number of edges below it.
 */
export function fitQuantiles(columns: readonly TrainedNumbers[], buckets: number): number[] {
  const all: number[] = [];
  for (const { rows, values } of columns)
    for (const row of rows) if (!Number.isNaN(values[row]!)) all.push(values[row]!);
  const sorted = Float64Array.from(all).sort();
  const edges = new Set<number>();
  for (let i = 1; i < buckets; i++) {
    const edge = sorted[Math.ceil((i * sorted.length) / buckets) - 1];
    if (edge !== undefined && edge < sorted[sorted.length - 1]!) edges.add(edge);
  }
  return [...edges];
}

/** How many edges lie below the value. */
export function bucketOf(value: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
