import { schemaOf, type CategoricalRule, type NumericRule } from "./features/declared.ts";
import { hashOf } from "./features/hash.ts";
import {
  bucketOf,
  fitQuantiles,
  fitScale,
  numbersOf,
  scaled,
  trainedNumbers,
  type Scale,
} from "./features/numbers.ts";
import type { RoleColumn, SplitClient, Vocabularies } from "./prepare-types.ts";
import { FIRST_VALUE_ROW, OUT_OF_VOCABULARY_ROW, type FeatureSchema } from "./schema.ts";
import {
  fitVocabulary,
  keyOf,
  leastCount,
  rowOfValues,
  textFeatureOf,
  valuesOfEntry,
} from "./vocabulary.ts";

/**
 * How raw values become what a model sees, as plain data: it is saved with the model, and training and
 * prediction read it with the same function.
 */
export interface Encoder {
  readonly version: 1;
  readonly schema: FeatureSchema;
  /** In schema order; a history, which is made of items, has no entry. */
  readonly categorical: readonly {
    readonly name: string;
    readonly rule: CategoricalRule;
    /** For quantiles. */
    readonly edges?: readonly number[];
  }[];
  readonly numeric: readonly {
    readonly name: string;
    readonly rule: NumericRule;
    readonly scale: Scale;
  }[];
  /** Values in table-row order from FIRST_VALUE_ROW on, by the feature whose table it is. */
  readonly vocabularies: Vocabularies;
  /** Features whose equal values of different clients are different things. */
  readonly apart: readonly string[];
}

export interface FitOptions {
  readonly minCount: number;
  /** Vocabularies that were agreed on; they stand in for fitted ones. */
  readonly vocabularies?: Vocabularies;
  readonly apart: (feature: string) => boolean;
}

/** How the parts of an encoder are found. */
export interface Fits {
  readonly vocabulary: (feature: string, minCount: number) => readonly string[];
  readonly edges: (feature: string, buckets: number) => readonly number[];
  readonly scale: (feature: string, rule: NumericRule) => Scale;
}

/** Fits vocabularies, scales and quantiles to the training rows of the given clients, and to no others. */
export function fitEncoder(splits: readonly SplitClient[], options: FitOptions): Encoder {
  return encoderWith(splits[0]!, options, {
    vocabulary: (name, minCount) => fitVocabulary(splits, name, minCount, options.apart(name)),
    edges: (name, buckets) => fitQuantiles(trainedNumbers(splits, name), buckets),
    scale: (name, rule) => fitScale(trainedNumbers(splits, name), rule),
  });
}

/** An encoder of the features that a client declares, its parts found as `fits` finds them. */
export function encoderWith(
  { categorical, numeric, history, tasks }: SplitClient,
  { minCount, vocabularies: agreed, apart }: FitOptions,
  fits: Fits,
): Encoder {
  const vocabularies: Record<string, readonly string[]> = {};
  const numRows = new Map<string, number>();
  const fitted = categorical.map(({ name, rule }) => {
    if (rule.kind === "quantiles") {
      const edges = fits.edges(name, rule.buckets);
      numRows.set(name, FIRST_VALUE_ROW + edges.length + 1);
      return { name, rule, edges };
    }
    if (rule.kind === "list" && rule.like !== undefined) return { name, rule };
    if (rule.hash !== undefined) numRows.set(name, FIRST_VALUE_ROW + rule.hash);
    else {
      vocabularies[name] = agreed?.[name] ?? fits.vocabulary(name, leastCount(rule, minCount));
      numRows.set(name, FIRST_VALUE_ROW + vocabularies[name].length);
    }
    return { name, rule };
  });
  return {
    version: 1,
    schema: schemaOf({ categorical, numeric, history, tasks }, (name) => numRows.get(name)!),
    categorical: fitted,
    numeric: numeric.map(({ name, rule }) => ({ name, rule, scale: fits.scale(name, rule) })),
    vocabularies,
    apart: categorical.map(({ name }) => name).filter(apart),
  };
}

/** Encoded columns of a client's rows, one after another as a batch has them; a history is not among them. */
export interface EncodedColumns {
  readonly numRows: number;
  /** Values per row. */
  readonly width: number;
  /** [numRows * width], row-major, table rows. */
  readonly categorical: Int32Array;
  /** [numRows * numeric features], row-major, scaled. */
  readonly numeric: Float32Array;
}

/** A client's raw columns, in any order. */
export interface RawFeatures {
  readonly client: string;
  readonly categorical: readonly RoleColumn<CategoricalRule>[];
  readonly numeric: readonly RoleColumn<NumericRule>[];
}

/** The last dictionary of every feature with the table rows that its entries stand for. */
export type KnownRows = Map<
  string,
  { readonly values: readonly string[]; readonly client: string; readonly rows: Int32Array }
>;

/** Encodes every row. Missing values, and values that the encoder does not know, are out of vocabulary. */
export function encodeColumns(
  encoder: Encoder,
  raw: RawFeatures,
  numRows: number,
  known: KnownRows = new Map(),
): EncodedColumns {
  const width = encoder.categorical.reduce((sum, { rule }) => sum + widthOf(rule), 0);
  const categorical = new Int32Array(numRows * width);
  const numNumeric = encoder.numeric.length;
  const numeric = new Float32Array(numRows * numNumeric);
  const writers: ((from: number, to: number) => void)[] = [];
  let start = 0;
  for (const { name, rule, edges } of encoder.categorical) {
    const column = start;
    start += widthOf(rule);
    if (rule.kind === "quantiles") {
      const source = raw.categorical.find((feature) => feature.name === name)!.column;
      const values = numbersOf(source, name);
      writers.push((from, to) => {
        for (let row = from; row < to; row++)
          categorical[row * width + column] = Number.isNaN(values[row]!)
            ? OUT_OF_VOCABULARY_ROW
            : FIRST_VALUE_ROW + bucketOf(values[row]!, edges!);
      });
      continue;
    }
    const { codes, values } = textFeatureOf(raw, name).column;
    // Blocks of one table share their dictionaries, which are then translated once.
    const last = known.get(name);
    const rowsOfCode =
      last?.values === values && last.client === raw.client
        ? last.rows
        : rowsOfDictionary(encoder, raw, name, rule);
    known.set(name, { values, client: raw.client, rows: rowsOfCode });
    const size = widthOf(rule);
    if (rule.kind === "value")
      writers.push((from, to) => {
        for (let row = from; row < to; row++) {
          const code = codes[row]!;
          categorical[row * width + column] = code < 0 ? OUT_OF_VOCABULARY_ROW : rowsOfCode[code]!;
        }
      });
    else
      writers.push((from, to) => {
        for (let row = from; row < to; row++) {
          const code = codes[row]!;
          const at = row * width + column;
          if (code >= 0)
            for (let i = 0; i < size; i++) categorical[at + i] = rowsOfCode[code * size + i]!;
        }
      });
  }
  encoder.numeric.forEach(({ name, rule, scale }, n) => {
    const values = numbersOf(raw.numeric.find((feature) => feature.name === name)!.column, name);
    writers.push((from, to) => {
      for (let row = from; row < to; row++)
        numeric[row * numNumeric + n] = scaled(values[row]!, rule, scale);
    });
  });
  // Few rows at a time: what one column writes is still in the cache when the next one comes.
  for (let from = 0; from < numRows; from += ROWS_AT_A_TIME)
    for (const write of writers) write(from, Math.min(numRows, from + ROWS_AT_A_TIME));
  return { numRows, width, categorical, numeric };
}

const ROWS_AT_A_TIME = 1024;

function widthOf(rule: CategoricalRule): number {
  return rule.kind === "list" ? rule.length : 1;
}

/** [values * width]: the table rows of every dictionary entry; padding is row 0. */
function rowsOfDictionary(
  encoder: Encoder,
  raw: RawFeatures,
  name: string,
  rule: Exclude<CategoricalRule, { kind: "quantiles" }>,
): Int32Array {
  const { values } = textFeatureOf(raw, name).column;
  const rowOfValue = tableRows(
    encoder,
    raw.client,
    rule.kind === "list" ? (rule.like ?? name) : name,
  );
  const width = widthOf(rule);
  const rows = new Int32Array(values.length * width);
  values.forEach((text, code) => {
    const own = valuesOfEntry(text, rule);
    const start = rule.kind === "list" && rule.padding === "start" ? width - own.length : 0;
    own.forEach((value, i) => {
      rows[code * width + start + i] = rowOfValue(value);
    });
  });
  return rows;
}

/** The table row of each value of a client, by the vocabulary or the hash of a feature that is no quantile. */
export function tableRows(
  encoder: Pick<Encoder, "categorical" | "vocabularies" | "apart">,
  client: string,
  table: string,
): (value: string) => number {
  const { rule } = encoder.categorical.find((feature) => feature.name === table)!;
  const hash = rule.kind === "quantiles" ? undefined : rule.hash;
  const rowOf = rowOfValues(encoder.vocabularies[table] ?? []);
  const apart = encoder.apart.includes(table);
  return (value) => {
    const key = keyOf(client, value, apart);
    return hash === undefined
      ? (rowOf.get(key) ?? OUT_OF_VOCABULARY_ROW)
      : FIRST_VALUE_ROW + hashOf(key, hash);
  };
}
