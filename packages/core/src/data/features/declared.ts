import type { ColumnsConfig } from "../config.ts";
import {
  FIRST_VALUE_ROW,
  ONLY_TASK,
  type CategoricalFeature,
  type FeatureOwner,
  type FeatureSchema,
} from "../schema.ts";
import type { TimePart } from "./config.ts";

/** How raw values become rows of a table. */
export type CategoricalRule =
  | { readonly kind: "value"; readonly minCount?: number; readonly hash?: number }
  | { readonly kind: "quantiles"; readonly buckets: number }
  | ListRule;

/** Several values in one text. */
export interface ListRule {
  readonly kind: "list";
  readonly separator: string;
  readonly length: number;
  readonly keep: "last" | "first";
  readonly padding: "start" | "end";
  readonly pooling?: "mean" | "sum";
  /** The feature whose vocabulary it reads; default: its own. */
  readonly like?: string;
  readonly minCount?: number;
  readonly hash?: number;
}

/** How a raw number becomes what models see. */
export type NumericRule = { readonly kind: "standardise" | "none" | "log" };

/** Where a feature's raw values come from. */
export type Derivation =
  | { readonly kind: "column"; readonly column: string }
  | { readonly kind: "cross"; readonly columns: readonly string[] }
  | { readonly kind: "time-part"; readonly column: string; readonly part: TimePart }
  | {
      readonly kind: "code";
      readonly column: string;
      readonly level: number;
      readonly levels: number;
      readonly separator: string;
    }
  | {
      readonly kind: "entry";
      readonly column: string;
      readonly index: number;
      readonly size: number;
      readonly separator: string;
    };

export interface Declared<Rule> {
  readonly name: string;
  readonly of: FeatureOwner;
  readonly from: Derivation;
  readonly rule: Rule;
  /** The list of data.columns that declares it. */
  readonly list: string;
}

export type DeclaredCategorical = Declared<CategoricalRule>;
export type DeclaredNumeric = Declared<NumericRule>;

/** What data.columns declares, in the order in which models see it. */
export interface DeclaredFeatures {
  readonly categorical: readonly DeclaredCategorical[];
  readonly numeric: readonly DeclaredNumeric[];
  /** The length of `history`, the last categorical feature, where there is one. */
  readonly history: number | undefined;
  readonly tasks: readonly string[];
}

/** The rules of a vocabulary without those that are not given. */
function vocabularyOf({
  minCount,
  hash,
}: {
  minCount?: number | undefined;
  hash?: number | undefined;
}) {
  return { ...(minCount !== undefined && { minCount }), ...(hash !== undefined && { hash }) };
}

const column = (name: string): Derivation => ({ kind: "column", column: name });

export function declaredFeatures(columns: ColumnsConfig): DeclaredFeatures {
  const categorical: DeclaredCategorical[] = [];
  const numeric: DeclaredNumeric[] = [];
  for (const role of ["user", "item"] as const) {
    const from = columns[role];
    if (from !== undefined)
      categorical.push({
        name: role,
        of: role,
        from: column(from),
        rule: {
          kind: "value",
          ...vocabularyOf({ hash: role === "user" ? columns.userHash : undefined }),
        },
        list: role,
      });
  }
  for (const entry of columns.categorical) {
    const given: Exclude<(typeof columns.categorical)[number], string> =
      typeof entry === "string" ? { column: entry, of: "context" } : entry;
    const { column: from, of, name = from, ...rest } = given;
    categorical.push({
      name,
      of,
      from: column(from),
      rule: { kind: "value", ...vocabularyOf(rest) },
      list: "categorical",
    });
  }
  for (const entry of columns.numeric) {
    const given: Exclude<(typeof columns.numeric)[number], string> =
      typeof entry === "string" ? { column: entry, of: "context" } : entry;
    const { column: from, of, name = from, scale = "standardise", buckets = 10 } = given;
    const feature = { name, of, from: column(from), list: "numeric" };
    if (scale === "quantiles")
      categorical.push({ ...feature, rule: { kind: "quantiles", buckets } });
    else numeric.push({ ...feature, rule: { kind: scale } });
  }
  for (const { column: from, of, name, separator, length, pooling, ...rest } of columns.bags ?? [])
    categorical.push({
      name: name ?? from,
      of,
      from: column(from),
      rule: {
        kind: "list",
        separator,
        length,
        keep: "first",
        padding: "end",
        pooling,
        ...vocabularyOf(rest),
      },
      list: "bags",
    });
  for (const { column: from, of, name, like, minCount, hash, ...rest } of columns.sequences ?? [])
    categorical.push({
      name: name ?? from,
      of,
      from: column(from),
      rule: {
        kind: "list",
        separator: rest.separator,
        length: rest.length,
        keep: rest.keep,
        padding: rest.padding,
        ...(like !== undefined && { like }),
        ...vocabularyOf({ minCount, hash }),
      },
      list: "sequences",
    });
  for (const { columns: crossed, of, name, ...rest } of columns.crosses ?? [])
    categorical.push({
      name: name ?? crossed.join("x"),
      of,
      from: { kind: "cross", columns: crossed },
      rule: { kind: "value", ...vocabularyOf(rest) },
      list: "crosses",
    });
  for (const { column: from, of, parts } of columns.timestamps ?? [])
    for (const part of parts)
      categorical.push({
        name: `${from}_${part}`,
        of,
        from: { kind: "time-part", column: from, part },
        rule: { kind: "value" },
        list: "timestamps",
      });
  for (const { column: from, of, name, levels, separator } of columns.codes ?? [])
    for (let level = 0; level < levels; level++)
      categorical.push({
        name: `${name ?? from}/${level}`,
        of,
        from: { kind: "code", column: from, level, levels, separator },
        rule: { kind: "value" },
        list: "codes",
      });
  for (const { column: from, of, name, size, separator } of columns.vectors ?? [])
    for (let index = 0; index < size; index++)
      numeric.push({
        name: `${name ?? from}/${index}`,
        of,
        from: { kind: "entry", column: from, index, size, separator },
        rule: { kind: "none" },
        list: "vectors",
      });
  return { categorical, numeric, history: columns.history?.length, tasks: tasksOfColumns(columns) };
}

/** The name of the categorical feature with the user's earlier items. */
export const HISTORY = "history";

/** Names of the labels, the first being the one that decides where only one can. */
export function tasksOfColumns({ labels }: ColumnsConfig): readonly string[] {
  return labels === undefined ? [ONLY_TASK] : Object.keys(labels);
}

/** The schema of a configuration: tables have 0 rows until data say more, but for hashed ones. */
export function declaredSchema(columns: ColumnsConfig): FeatureSchema {
  const declared = declaredFeatures(columns);
  return schemaOf(declared, (name) => {
    const rule = declared.categorical.find((feature) => feature.name === name)?.rule;
    const hash = rule === undefined || rule.kind === "quantiles" ? undefined : rule.hash;
    return hash === undefined ? 0 : FIRST_VALUE_ROW + hash;
  });
}

/** The schema that declared features make; `numRows` says how large each feature's table is. */
export function schemaOf(
  declared: Pick<DeclaredFeatures, "history" | "tasks"> & {
    readonly categorical: readonly Pick<DeclaredCategorical, "name" | "of" | "rule">[];
    readonly numeric: readonly Pick<DeclaredNumeric, "name" | "of">[];
  },
  numRows: (feature: string) => number,
): FeatureSchema {
  const { history, tasks } = declared;
  const categorical = declared.categorical.map(({ name, of, rule }): CategoricalFeature => {
    if (rule.kind !== "list") return { name, of, numRows: numRows(name) };
    const { length, pooling, like } = rule;
    return {
      name,
      of,
      numRows: numRows(like ?? name),
      length,
      ...(like !== undefined && { vocabulary: like }),
      ...(pooling && { pooling }),
    };
  });
  if (history !== undefined)
    categorical.push({
      name: HISTORY,
      of: "context",
      numRows: numRows("item"),
      length: history,
      vocabulary: "item",
    });
  return {
    categorical,
    numeric: declared.numeric.map(({ name, of }) => ({ name, of })),
    ...((tasks.length > 1 || tasks[0] !== ONLY_TASK) && { tasks }),
  };
}
