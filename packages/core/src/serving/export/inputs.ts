import {
  declaredFeatures,
  HISTORY,
  lengthOf,
  type ColumnsConfig,
  type Declared,
  type CategoricalRule,
  type NumericRule,
} from "../../data/index.ts";
import type { KeptModel } from "../../methods/index.ts";
import { HISTORY_COLUMN } from "../histories.ts";

/** What an exported model is given, one row per row of the batch. */
export type ExportInput = {
  readonly name: string;
  /** The column of the data that it is made of. */
  readonly column: string;
} & (
  | { readonly kind: "text" }
  | { readonly kind: "number" }
  /** Seconds since 1970, in UTC. */
  | { readonly kind: "time" }
  /** [batch, length] texts, "" where there is none. */
  | {
      readonly kind: "texts";
      readonly length: number;
      readonly separator: string;
      readonly keep: "last" | "first";
      readonly padding: "start" | "end";
    }
  /** [batch, levels] codes of one tuple. */
  | { readonly kind: "codes"; readonly length: number; readonly separator: string }
  /** [batch, size] numbers of one vector. */
  | { readonly kind: "numbers"; readonly length: number; readonly separator: string }
  /** The table row of a hashed value, as nothing in ONNX hashes like Atoll. */
  | { readonly kind: "hash"; readonly size: number; readonly feature: string }
  | {
      readonly kind: "hashes";
      readonly size: number;
      readonly length: number;
      readonly feature: string;
    }
);

/** Which input a feature reads. */
export interface FeatureInput {
  readonly feature: string;
  readonly input: ExportInput;
}

/**
 * The inputs of a client's model. A column is an input of its own name; where two features take it apart
 * differently, each has its own, called after the feature.
 */
export function exportInputs(
  columns: ColumnsConfig,
  { encoder, schema }: Pick<KeptModel, "encoder" | "schema">,
): readonly FeatureInput[] {
  const declared = declaredFeatures(columns);
  const taken = new Map<string, string>();
  const named = (feature: string, column: string, rest: Unnamed): ExportInput => {
    const form = JSON.stringify(rest);
    const known = taken.get(column);
    const name = known === undefined || known === form ? column : `${column}:${feature}`;
    taken.set(name, form);
    return { name, column, ...rest };
  };
  const of = (feature: Declared<CategoricalRule> | Declared<NumericRule>): FeatureInput[] =>
    inputsOf(feature, encoder).map(({ column, rest }) => ({
      feature: feature.name,
      input: named(feature.name, column, rest),
    }));
  const inputs = [...declared.categorical, ...declared.numeric].flatMap((feature) => of(feature));
  const history = schema.categorical.find(({ name }) => name === HISTORY);
  if (history === undefined) return inputs;
  const hash = hashSize(encoder, "item");
  const length = lengthOf(history);
  const rest: Unnamed =
    hash === undefined
      ? { kind: "texts", length, separator: "|", keep: "last", padding: "start" }
      : { kind: "hashes", length, size: hash, feature: HISTORY };
  return [...inputs, { feature: HISTORY, input: named(HISTORY, HISTORY_COLUMN, rest) }];
}

type Unnamed = ExportInput extends infer One
  ? One extends ExportInput
    ? Omit<One, "name" | "column">
    : never
  : never;

type Encoder = KeptModel["encoder"];

/** Rows of a feature's table without a vocabulary; undefined where it has one. */
export function hashSize({ categorical }: Encoder, feature: string): number | undefined {
  const rule = categorical.find(({ name }) => name === feature)?.rule;
  return rule === undefined || rule.kind === "quantiles" ? undefined : rule.hash;
}

function inputsOf(
  { name, from, rule }: Declared<CategoricalRule> | Declared<NumericRule>,
  encoder: Encoder,
): readonly { readonly column: string; readonly rest: Unnamed }[] {
  const table = rule.kind === "list" ? (rule.like ?? name) : name;
  const size = hashSize(encoder, table);
  switch (from.kind) {
    case "column": {
      const { column } = from;
      if (rule.kind === "list")
        return [
          {
            column,
            rest:
              size === undefined
                ? {
                    kind: "texts",
                    length: rule.length,
                    separator: rule.separator,
                    keep: rule.keep,
                    padding: rule.padding,
                  }
                : { kind: "hashes", length: rule.length, size, feature: name },
          },
        ];
      if (rule.kind === "value")
        return [
          {
            column,
            rest: size === undefined ? { kind: "text" } : { kind: "hash", size, feature: name },
          },
        ];
      return [{ column, rest: { kind: "number" } }];
    }
    case "cross":
      return size === undefined
        ? from.columns.map((column) => ({ column, rest: { kind: "text" } }))
        : [{ column: name, rest: { kind: "hash", size, feature: name } }];
    case "time-part":
      return [{ column: from.column, rest: { kind: "time" } }];
    case "code":
      return [
        {
          column: from.column,
          rest: { kind: "codes", length: from.levels, separator: from.separator },
        },
      ];
    case "entry":
      return [
        {
          column: from.column,
          rest: { kind: "numbers", length: from.size, separator: from.separator },
        },
      ];
  }
}

/** What an input's elements are, and its sizes behind the batch. */
export function inputType(input: ExportInput): {
  readonly type: "string" | "float64" | "int64";
  readonly sizes: readonly number[];
} {
  switch (input.kind) {
    case "text":
      return { type: "string", sizes: [] };
    case "texts":
    case "codes":
      return { type: "string", sizes: [input.length] };
    case "number":
    case "time":
      return { type: "float64", sizes: [] };
    case "numbers":
      return { type: "float64", sizes: [input.length] };
    case "hash":
      return { type: "int64", sizes: [] };
    case "hashes":
      return { type: "int64", sizes: [input.length] };
  }
}
