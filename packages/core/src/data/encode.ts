import type { EvaluationExamples, EvaluationPart, Examples, ItemPool, TrainingData } from "./examples.ts";
import type { Candidates, SplitClient, Vocabularies } from "./prepare-types.ts";
import { FIRST_VALUE_ROW, OUT_OF_VOCABULARY_ROW, type FeatureSchema } from "./schema.ts";
import { scalerOf, type Scaler } from "./standardise.ts";
import { fitVocabulary, rowOfValues, rowsOfCodes } from "./vocabulary.ts";

export interface EncodeOptions {
  readonly minCount: number;
  /** Vocabularies that were agreed on; they stand in for fitted ones. */
  readonly vocabularies?: Vocabularies;
  /** When several clients are pooled: features whose values mean the same in all of them. */
  readonly common?: readonly string[];
}

/** Turns raw rows of one client into what batches hold. */
interface Encoder {
  readonly split: SplitClient;
  /** Per categorical feature: [numRows], table rows. */
  readonly categorical: readonly Int32Array[];
  /** Per numeric feature: [numRows], standardised. */
  readonly numeric: readonly Float32Array[];
}

/**
 * Encodes one client, or several pooled as the centralised reference does. Vocabularies and scales come
 * from training rows only. A missing categorical value counts as out of vocabulary, a missing number as
 * the mean. Pooled ids that `common` does not list are kept apart by client.
 */
export function encode(
  splits: readonly SplitClient[],
  options: EncodeOptions,
): { readonly data: TrainingData; readonly vocabularies: Vocabularies } {
  const { minCount, common = [] } = options;
  const first = splits[0]!;
  const pooled = splits.length > 1;
  const apart = (feature: string) => pooled && !common.includes(feature);
  const vocabularies: Record<string, readonly string[]> = {};
  for (const { name } of first.categorical)
    vocabularies[name] =
      options.vocabularies?.[name] ?? fitVocabulary(splits, name, minCount, apart(name));
  const schema: FeatureSchema = {
    categorical: first.categorical.map(({ name, of }) => ({
      name,
      of,
      numRows: FIRST_VALUE_ROW + vocabularies[name]!.length,
    })),
    numeric: first.numeric.map(({ name, of }) => ({ name, of })),
  };
  const rowOf = new Map(first.categorical.map(({ name }) => [name, rowOfValues(vocabularies[name]!)]));
  const scalers = first.numeric.map((_, n) => scalerOf(splits, n));
  const encoders = splits.map((split) => encoderOf(split, rowOf, apart, scalers));
  const parts = encoders.map((encoder) => partOf(encoder, schema));
  return { data: { schema, ...trainingOf(encoders, schema), parts }, vocabularies };
}

function encoderOf(
  split: SplitClient,
  rowOf: ReadonlyMap<string, ReadonlyMap<string, number>>,
  apart: (feature: string) => boolean,
  scalers: readonly Scaler[],
): Encoder {
  return {
    split,
    categorical: split.categorical.map(({ name, column }) => {
      if (column.kind !== "text") throw new TypeError(`feature ${name} is not text`);
      const ofCode = rowsOfCodes(split, name, rowOf.get(name)!, apart(name));
      return column.codes.map((code) => (code < 0 ? OUT_OF_VOCABULARY_ROW : ofCode[code]!));
    }),
    numeric: split.numeric.map(({ name, column }, n) => {
      if (column.kind !== "number") throw new TypeError(`feature ${name} is not a number`);
      return Float32Array.from(column.values, scalers[n]!);
    }),
  };
}

/** Rows of a batch matrix: `at[i]` says which raw row feeds row i, by the owner of a feature. */
interface RowSource {
  readonly numRows: number;
  /** User and context features come from this raw row. */
  readonly row: (i: number) => number;
  /** Item features come from this one. */
  readonly itemRow: (i: number) => number;
}

function matrixOf({ categorical, numeric }: Encoder, schema: FeatureSchema, source: RowSource) {
  const F = schema.categorical.length;
  const N = schema.numeric.length;
  const outCategorical = new Int32Array(source.numRows * F);
  const outNumeric = new Float32Array(source.numRows * N);
  for (let i = 0; i < source.numRows; i++) {
    const row = source.row(i);
    const itemRow = source.itemRow(i);
    for (let f = 0; f < F; f++)
      outCategorical[i * F + f] = categorical[f]![schema.categorical[f]!.of === "item" ? itemRow : row]!;
    for (let n = 0; n < N; n++)
      outNumeric[i * N + n] = numeric[n]![schema.numeric[n]!.of === "item" ? itemRow : row]!;
  }
  return { categorical: outCategorical, numeric: outNumeric };
}

function plainExamples(encoder: Encoder, schema: FeatureSchema, rows: Int32Array): Examples {
  const { label, user } = encoder.split;
  const at = (i: number) => rows[i]!;
  return {
    numRows: rows.length,
    ...matrixOf(encoder, schema, { numRows: rows.length, row: at, itemRow: at }),
    label: Float32Array.from(rows, (row) => label[row]!),
    user: Int32Array.from(rows, (row) => user[row]!),
  };
}

/** Lists of the positive and its candidates, the positive first. */
function rankedLists(
  encoder: Encoder,
  schema: FeatureSchema,
  rows: Int32Array,
  { offsets, items }: Candidates,
): EvaluationExamples {
  const { split } = encoder;
  const { rowOfItem } = split.sampling!;
  const numRows = rows.length + items.length;
  const list = new Int32Array(numRows);
  const row = new Int32Array(numRows);
  const itemRow = new Int32Array(numRows);
  const label = new Float32Array(numRows);
  let at = 0;
  for (let l = 0; l < rows.length; l++) {
    label[at] = 1;
    for (let c = offsets[l]! - 1; c < offsets[l + 1]!; c++, at++) {
      list[at] = l;
      row[at] = rows[l]!;
      itemRow[at] = c < offsets[l]! ? rows[l]! : rowOfItem[items[c]!]!;
    }
  }
  const source = { numRows, row: (i: number) => row[i]!, itemRow: (i: number) => itemRow[i]! };
  return {
    numRows,
    ...matrixOf(encoder, schema, source),
    label,
    user: Int32Array.from(row, (of) => split.user[of]!),
    list,
  };
}

function partOf(encoder: Encoder, schema: FeatureSchema): EvaluationPart {
  const { split } = encoder;
  const examples = (rows: Int32Array, candidates: Candidates | undefined): EvaluationExamples => {
    if (candidates !== undefined) return rankedLists(encoder, schema, rows, candidates);
    const { oracle } = split;
    return {
      ...plainExamples(encoder, schema, rows),
      ...(oracle && { oracle: Float64Array.from(rows, (row) => oracle[row]!) }),
    };
  };
  return {
    client: split.client,
    numUsers: split.numUsers,
    valid: examples(split.valid, split.sampling?.validCandidates),
    test: examples(split.test, split.sampling?.testCandidates),
  };
}

/** All clients' training rows, one client after another. */
function trainingOf(
  encoders: readonly Encoder[],
  schema: FeatureSchema,
): Pick<TrainingData, "train" | "negatives"> {
  const parts = encoders.map((encoder) => plainExamples(encoder, schema, encoder.split.train));
  const numRows = parts.reduce((sum, part) => sum + part.numRows, 0);
  const train = {
    numRows,
    categorical: new Int32Array(numRows * schema.categorical.length),
    numeric: new Float32Array(numRows * schema.numeric.length),
    label: new Float32Array(numRows),
    user: new Int32Array(numRows),
  };
  const poolOfRow = new Uint16Array(numRows);
  let at = 0;
  parts.forEach((part, p) => {
    train.categorical.set(part.categorical, at * schema.categorical.length);
    train.numeric.set(part.numeric, at * schema.numeric.length);
    train.label.set(part.label, at);
    train.user.set(part.user, at);
    poolOfRow.fill(p, at, (at += part.numRows));
  });
  const sampling = encoders[0]!.split.sampling;
  if (sampling === undefined) return { train };
  const pools = encoders.map((encoder) => poolOf(encoder, schema));
  return { train, negatives: { ratio: sampling.ratio, pools, poolOfRow } };
}

function poolOf(encoder: Encoder, schema: FeatureSchema): ItemPool {
  const { rowOfItem, excludedOffsets, excludedItems } = encoder.split.sampling!;
  const own = <T extends { readonly of: string }>(features: readonly T[]) =>
    features.map((_, f) => f).filter((f) => features[f]!.of === "item");
  const categoricalColumns = own(schema.categorical);
  const numericColumns = own(schema.numeric);
  const numItems = rowOfItem.length;
  const categorical = new Int32Array(numItems * categoricalColumns.length);
  const numeric = new Float32Array(numItems * numericColumns.length);
  for (let item = 0; item < numItems; item++) {
    const row = rowOfItem[item]!;
    categoricalColumns.forEach((f, i) => {
      categorical[item * categoricalColumns.length + i] = encoder.categorical[f]![row]!;
    });
    numericColumns.forEach((n, i) => {
      numeric[item * numericColumns.length + i] = encoder.numeric[n]![row]!;
    });
  }
  return { numItems, categorical, numeric, excludedOffsets, excludedItems };
}
