import { hashOf, type SplitClient } from "@atoll/core/data";
import { uniform, uniformBelow, type RandomStream } from "@atoll/core/random";
import { sampleRows, union, withParts } from "./rows.ts";

type RoleColumns = SplitClient["categorical"] | SplitClient["numeric"];
type Column = RoleColumns[number]["column"];

/** A client with made-up rows among those that it trains on. */
export interface Canaries {
  /** Trains on its rows and on the canaries that are in; the others are its test rows. */
  readonly split: SplitClient;
  /** The same columns with the run's own training rows, for the run's model. */
  readonly before: SplitClient;
  /** [canaries], ascending. */
  readonly rows: Int32Array;
  /** [canaries], 1 where it is trained on: each by the toss of a coin. */
  readonly isIn: Uint8Array;
}

export interface CanaryOptions {
  readonly count: number;
  /** Least rows that a value needs for a table row of its own. */
  readonly minCount: number;
  readonly stream: RandomStream;
}

/**
 * Puts canaries into the places of test rows, so that the client never trains on fewer rows than it did: what its
 * account promises for that many holds all the more. A canary has values that are drawn evenly from those
 * that occur, so that rare ones are as frequent as others; of a hashed feature, a value of its own in a bucket
 * that is free where there is one; and the other label. Vocabularies stay as they are: a value that training
 * rows have too rarely is never drawn. Explicit feedback only.
 */
export function withCanaries(
  split: SplitClient,
  { count, minCount, stream }: CanaryOptions,
): Canaries {
  const rows = sampleRows(split.test, count, stream);
  const isIn = Uint8Array.from(rows, () => Number(uniform(stream) < 0.5));
  const changed: SplitClient = {
    ...split,
    categorical: split.categorical.map((entry) => ({
      ...entry,
      column:
        entry.rule.kind === "value" && entry.rule.hash !== undefined
          ? withOwnValues(entry.column, rows, entry.rule.hash)
          : redrawn(entry.column, rows, {
              train: split.train,
              least: "minCount" in entry.rule ? (entry.rule.minCount ?? minCount) : minCount,
              stream,
            }),
    })),
    numeric: split.numeric.map((entry) => ({
      ...entry,
      column: redrawn(entry.column, rows, { train: split.train, least: 1, stream }),
    })),
    label: flipped(split.label, rows),
    furtherLabels: split.furtherLabels.map((labels) => flipped(labels, rows)),
    ...(split.weight && { weight: replaced(split.weight, rows, () => 1) }),
  };
  const chosen = (bit: 0 | 1) => rows.filter((_, i) => isIn[i] === bit);
  return {
    split: withParts(changed, { train: union(split.train, chosen(1)), test: chosen(0) }),
    before: withParts(changed, { train: split.train, test: rows }),
    rows,
    isIn,
  };
}

/** Gives rows values that are drawn evenly from the distinct ones of training rows. */
function redrawn<T extends Column>(
  column: T,
  rows: Int32Array,
  { train, least, stream }: { train: Int32Array; least: number; stream: RandomStream },
): T {
  const source = column.kind === "text" ? column.codes : column.values;
  const counts = new Map<number, number>();
  for (const row of train) counts.set(source[row]!, (counts.get(source[row]!) ?? 0) + 1);
  const known = [...counts]
    .filter(([value, uses]) => uses >= least && value !== -1 && !Number.isNaN(value))
    .map(([value]) => value);
  if (known.length === 0) return column;
  const draw = () => known[uniformBelow(stream, known.length)]!;
  return column.kind === "text"
    ? { ...column, codes: replaced(column.codes, rows, draw) }
    : { ...column, values: replaced(column.values, rows, draw) };
}

/** Gives every row a value that nobody else has, in buckets that no other value has as long as there are any. */
function withOwnValues<T extends Column>(column: T, rows: Int32Array, buckets: number): T {
  if (column.kind !== "text") throw new RangeError("a hashed feature is made of text");
  const taken = new Set(column.values.map((value) => hashOf(value, buckets)));
  const values = [...column.values];
  let tried = 0;
  const next = () => {
    for (;;) {
      const value = `canary ${tried++}`;
      const bucket = hashOf(value, buckets);
      if (taken.has(bucket) && taken.size < buckets) continue;
      taken.add(bucket);
      return values.push(value) - 1;
    }
  };
  return { ...column, codes: replaced(column.codes, rows, next), values };
}

/** 1 for 0 and 0 for 1; what is not known stays so. */
function flipped(labels: Float32Array, rows: Int32Array): Float32Array {
  return replaced(labels, rows, (label) => (label < 0 ? label : 1 - label));
}

function replaced<T extends Int32Array | Float32Array | Float64Array>(
  values: T,
  rows: Int32Array,
  value: (before: number) => number,
): T {
  const copy = values.slice() as T;
  for (const row of rows) copy[row] = value(copy[row]!);
  return copy;
}
