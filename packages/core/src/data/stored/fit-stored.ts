import type { ColumnsConfig } from "../config.ts";
import { encoderWith, type Encoder, type FitOptions } from "../encoder.ts";
import { fitQuantiles, numbersOf, scaleSums, type Scale } from "../features/numbers.ts";
import type { SplitClient, Vocabularies } from "../prepare-types.ts";
import { applyRoles } from "../roles.ts";
import type { RawColumn } from "../table.ts";
import {
  leastCount,
  rankValues,
  textFeatureOf,
  valueCounter,
  type ValueCounter,
} from "../vocabulary.ts";
import { blocksOf, type ColumnSource } from "./column-source.ts";

type TextColumn = Extract<RawColumn, { readonly kind: "text" }>;

/** A client whose rows are on disk. */
export interface StoredClient {
  readonly split: SplitClient;
  readonly source: ColumnSource;
  readonly columns: ColumnsConfig;
}

/**
 * What `fitEncoder` fits, the same numbers, from tables that are read block by block: once for values and
 * sums, once more for deviations where there are numbers to standardise.
 */
export function fitStored(
  clients: readonly StoredClient[],
  options: FitOptions,
  onProgress: (share: number) => void = () => {},
): Encoder {
  const { categorical, numeric } = clients[0]!.split;
  const counters = new Map<string, ValueCounter>();
  const quantiles = new Map<string, Float64Array[]>();
  for (const { name, rule } of categorical) {
    if (rule.kind === "quantiles") quantiles.set(name, []);
    else if (options.vocabularies?.[name] === undefined && rule.hash === undefined)
      if (rule.kind !== "list" || rule.like === undefined)
        counters.set(name, valueCounter(rule, options.apart(name)));
  }
  const sums = new Map(numeric.map(({ name, rule }) => [name, scaleSums(rule)]));

  const rounds = numeric.some(({ rule }) => rule.kind !== "none") ? 2 : 1;
  eachBlock(
    clients,
    (rows, column, client) => {
      for (const [name, counter] of counters) counter.add(column(name) as TextColumn, rows, client);
      for (const [name, values] of quantiles) {
        const all = numbersOf(column(name), name);
        values.push(Float64Array.from(rows, (row) => all[row]!));
      }
      for (const [name, sum] of sums) sum.add(numbersOf(column(name), name), rows);
    },
    (share) => onProgress(share / rounds),
  );
  if ([...sums.values()].some((sum) => sum.needsSquares()))
    eachBlock(
      clients,
      (rows, column) => {
        for (const [name, sum] of sums) sum.addSquares(numbersOf(column(name), name), rows);
      },
      (share) => onProgress((1 + share) / rounds),
    );

  return encoderWith(clients[0]!.split, options, {
    vocabulary: (name, minCount) => rankValues(counters.get(name)!.counts(), minCount),
    edges: (name, buckets) => {
      const pieces = quantiles.get(name)!.map((values) => ({ rows: undefined, values }));
      return fitQuantiles(pieces, buckets);
    },
    scale: (name): Scale => sums.get(name)!.scale(),
  });
}

/** What `fitVocabulary` fits for each of the features, in one reading. */
export function storedVocabularies(
  clients: readonly StoredClient[],
  features: readonly string[],
  minCount: number,
): Vocabularies {
  if (features.length === 0) return {};
  const fits = features.map((name) => {
    const { rule } = textFeatureOf(clients[0]!.split, name);
    return { name, rule, counter: valueCounter(rule, false) };
  });
  eachBlock(clients, (rows, column, client) => {
    for (const { name, counter } of fits) counter.add(column(name) as TextColumn, rows, client);
  });
  return Object.fromEntries(
    fits.map(({ name, rule, counter }) => [
      name,
      rankValues(counter.counts(), leastCount(rule, minCount)),
    ]),
  );
}

/** All clients' tables block by block: the block's training rows, and its columns by feature. */
function eachBlock(
  clients: readonly StoredClient[],
  use: (rows: Int32Array, column: (name: string) => RawColumn, client: string) => void,
  onProgress: (share: number) => void = () => {},
): void {
  const total = clients.reduce((sum, { source }) => sum + source.numRows, 0);
  let done = 0;
  for (const client of clients)
    for (const { start, table } of blocksOf(client.source)) {
      const roles = applyRoles(table, rulesOf(client));
      const columns = new Map(
        [...roles.categorical, ...roles.numeric].map(({ name, column }) => [name, column]),
      );
      use(
        trainingRows(client.split.train, start, table.numRows),
        (name) => columns.get(name)!,
        client.split.client,
      );
      done += table.numRows;
      onProgress(done / total);
    }
}

/** The clients with their tables, where rows are on disk. */
export function storedClients(splits: readonly SplitClient[]): readonly StoredClient[] | undefined {
  if (splits.every(({ stored }) => stored === undefined)) return undefined;
  return splits.map((split) => {
    const { source, columns } = split.stored ?? {};
    if (source === undefined || columns === undefined)
      throw new RangeError(`client ${split.client}: its table is not open`);
    return { split, source, columns };
  });
}

/** The rules under which a block's features are derived; its labels were read before. */
export function rulesOf({ split, columns }: StoredClient) {
  return {
    client: split.client,
    columns,
    feedback: "explicit" as const,
    split: { kind: "random" as const },
  };
}

/** Training rows among `count` rows from `start` on, counted from `start`. */
function trainingRows(train: Int32Array, start: number, count: number): Int32Array {
  const from = lowerBound(train, start);
  const to = lowerBound(train, start + count);
  return train.slice(from, to).map((row) => row - start);
}

/** The index of the first entry that is not below `value`, in an ascending array. */
export function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
