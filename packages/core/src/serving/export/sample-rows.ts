import {
  declaredFeatures,
  HISTORY,
  splitList,
  type CategoricalRule,
  type ColumnsConfig,
  type Declared,
  type NumericRule,
  type RawColumn,
  type RawTable,
} from "../../data/index.ts";
import type { KeptModel } from "../../methods/index.ts";
import { uniform, uniformBelow, type RandomStream } from "../../random/index.ts";
import { servedColumns } from "../features.ts";
import { HISTORY_COLUMN } from "../histories.ts";
import { vocabularyRows } from "./encoders.ts";

export interface SampleOptions {
  readonly kept: Pick<KeptModel, "encoder" | "schema"> & { readonly learned?: unknown };
  readonly columns: ColumnsConfig;
  readonly client: string;
  readonly random: RandomStream;
  /** Shares of values that are missing, and that no training row held. */
  readonly missing: number;
  readonly unknown: number;
}

/**
 * Made-up rows of a client: values of its vocabularies, numbers about as large as in training, and among
 * them missing and unknown ones. No row of the data is looked at.
 */
export function sampleRows(numRows: number, options: SampleOptions): RawTable {
  const { kept, columns } = options;
  return {
    numRows,
    columns: Object.fromEntries(
      servedColumns(columns, kept).map(({ name, as }) => [
        name,
        as === "text"
          ? textColumn(numRows, { name, ...options })
          : numberColumn(numRows, { name, isTime: as === "time", ...options }),
      ]),
    ),
  };
}

type Feature = Declared<CategoricalRule | NumericRule>;

interface ColumnOptions extends SampleOptions {
  readonly name: string;
}

function readersOf({ columns, name }: ColumnOptions): Feature[] {
  const { categorical, numeric } = declaredFeatures(columns);
  return [...categorical, ...numeric].filter(({ from }) =>
    from.kind === "cross" ? from.columns.includes(name) : from.column === name,
  );
}

function textColumn(numRows: number, options: ColumnOptions): RawColumn {
  const { random, missing } = options;
  const draw = drawerOf(options);
  const values: string[] = [];
  const codes = Int32Array.from({ length: numRows }, () => {
    if (uniform(random) < missing) return -1;
    values.push(draw());
    return values.length - 1;
  });
  return { kind: "text", codes, values };
}

/** Draws a text that all features of a column can read. */
function drawerOf(options: ColumnOptions): () => string {
  const { kept, client, name, random } = options;
  const { encoder } = kept;
  const readers = readersOf(options);
  const pick = <T>(values: readonly T[]) => values[uniformBelow(random, values.length)]!;
  const one = (values: readonly string[]) =>
    values.length === 0 || uniform(random) < options.unknown
      ? `unseen${uniformBelow(random, 1000)}`
      : pick(values);
  const valuesOf = (table: string) =>
    vocabularyRows(encoder, client, table)
      .map(([value]) => value)
      .filter((value) => value !== "");
  const entry = readers.find(({ from }) => from.kind === "entry")?.from;
  if (entry?.kind === "entry") {
    const { size, separator } = entry;
    return () =>
      Array.from({ length: size }, () => String(2 * uniform(random) - 1)).join(separator);
  }
  const codes = readers.filter(({ from }) => from.kind === "code");
  const code = codes[0]?.from;
  if (code?.kind === "code") {
    const vocabularies = codes.map((feature) => valuesOf(feature.name));
    const { separator } = code;
    return () => vocabularies.map((own) => one(own)).join(separator);
  }
  const list =
    name === HISTORY_COLUMN && readers.length === 0
      ? { table: "item", separator: "|", length: lengthOfHistory(options) }
      : listOf(readers);
  if (list !== undefined) {
    const { separator, length } = list;
    // What a list's text would take apart can stand in no list.
    const members = valuesOf(list.table).filter(
      (value) =>
        splitList(value, separator).join() === value && splitList(value, ",").join() === value,
    );
    return () =>
      Array.from({ length: 1 + uniformBelow(random, length + 2) }, () => one(members)).join(
        separator,
      );
  }
  const values = [...new Set(readers.flatMap((feature) => plainValues(feature, name, valuesOf)))];
  return () => one(values);
}

function lengthOfHistory({ kept: { schema } }: ColumnOptions): number {
  return schema.categorical.find(({ name }) => name === HISTORY)?.length ?? 1;
}

function listOf(readers: readonly Feature[]) {
  for (const { name, rule } of readers)
    if (rule.kind === "list")
      return { table: rule.like ?? name, separator: rule.separator, length: rule.length };
  return undefined;
}

/** Values of a column that a feature knows: of a cross, those of the column's place in it. */
function plainValues(
  { name, from }: Feature,
  column: string,
  valuesOf: (table: string) => readonly string[],
): readonly string[] {
  if (from.kind !== "cross") return valuesOf(name);
  const place = from.columns.indexOf(column);
  return valuesOf(name)
    .map((listed) => (JSON.parse(listed) as (string | null)[])[place])
    .filter((value): value is string => (value ?? "") !== "");
}

function numberColumn(
  numRows: number,
  options: ColumnOptions & { readonly isTime: boolean },
): RawColumn {
  const { kept, random, missing, isTime } = options;
  const { encoder } = kept;
  const [reader] = readersOf(options);
  const fitted = encoder.numeric.find(({ name }) => name === reader?.name);
  const edges = encoder.categorical.find(({ name }) => name === reader?.name)?.edges;
  const draw = () => {
    // From 1970 to 2069.
    if (isTime) return Math.floor(uniform(random) * 3.15e9);
    if (edges !== undefined && edges.length > 0) {
      const [low, high] = [edges[0]!, edges.at(-1)!];
      const width = high - low || 1;
      return uniform(random) < 0.3
        ? edges[uniformBelow(random, edges.length)]!
        : low - width / 2 + uniform(random) * 2 * width;
    }
    const { mean, deviation } = fitted?.scale ?? { mean: 0, deviation: 1 };
    const z = 4 * uniform(random) - 2;
    const value = mean + z * (deviation === 0 ? 1 : deviation);
    return fitted?.rule.kind === "log" ? Math.sign(value) * Math.expm1(Math.abs(value)) : value;
  };
  return {
    kind: "number",
    values: Float64Array.from({ length: numRows }, () =>
      uniform(random) < missing ? NaN : draw(),
    ),
  };
}
