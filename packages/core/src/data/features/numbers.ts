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
  /** Default: all. */
  readonly rows: Int32Array | undefined;
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
 * Mean and deviation of numbers as they come, missing ones left out; the deviation divides by their number.
 * The squares are summed in a second round, around the mean that the first one found.
 */
export interface ScaleSums {
  readonly add: (values: Float64Array, rows: Int32Array | undefined) => void;
  /** Whether there is a deviation to find. */
  readonly needsSquares: () => boolean;
  readonly addSquares: (values: Float64Array, rows: Int32Array | undefined) => void;
  readonly scale: () => Scale;
}

export function scaleSums(rule: NumericRule): ScaleSums {
  let count = 0;
  let sum = 0;
  let least = Infinity;
  let most = -Infinity;
  let squares = 0;
  const each = (
    values: Float64Array,
    rows: Int32Array | undefined,
    use: (value: number) => void,
  ) => {
    const length = rows?.length ?? values.length;
    for (let i = 0; i < length; i++) {
      const value = transformed(values[rows === undefined ? i : rows[i]!]!, rule);
      if (!Number.isNaN(value)) use(value);
    }
  };
  // Compared, not computed: the rounded mean of equal values can differ from them by a last digit, and a
  // division by that difference would blow it up.
  const varies = () => rule.kind !== "none" && least < most;
  return {
    add: (values, rows) => {
      if (rule.kind === "none") return;
      each(values, rows, (value) => {
        count += 1;
        sum += value;
        if (value < least) least = value;
        if (value > most) most = value;
      });
    },
    needsSquares: varies,
    addSquares: (values, rows) => {
      if (!varies()) return;
      const mean = sum / count;
      each(values, rows, (value) => (squares += (value - mean) ** 2));
    },
    scale: () => {
      if (rule.kind === "none") return { mean: 0, deviation: 1 };
      if (!varies()) return { mean: 0, deviation: 0 };
      return { mean: sum / count, deviation: Math.sqrt(squares / count) };
    },
  };
}

/** The scale of the training rows of all given clients; of a column constant or empty there, deviation 0. */
export function fitScale(columns: readonly TrainedNumbers[], rule: NumericRule): Scale {
  const sums = scaleSums(rule);
  for (const { rows, values } of columns) sums.add(values, rows);
  for (const { rows, values } of columns) sums.addSquares(values, rows);
  return sums.scale();
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
  const all = columns.map(({ rows, values }) =>
    (rows === undefined ? values : Float64Array.from(rows, (row) => values[row]!)).filter(
      (value) => !Number.isNaN(value),
    ),
  );
  const sorted = new Float64Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of all) {
    sorted.set(values, at);
    at += values.length;
  }
  sorted.sort();
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
