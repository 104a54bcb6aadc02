import { itemColumns } from "./negatives.ts";
import type { SplitClient } from "./prepare-types.ts";
import { OUT_OF_VOCABULARY_ROW, type FeatureSchema } from "./schema.ts";
import { numbersOf, type Scaler } from "./standardise.ts";
import { rowsOfCodes, textOf } from "./vocabulary.ts";

/** One client's raw rows in encoded form, column by column, in schema order. */
export interface Encoder {
  readonly split: SplitClient;
  readonly schema: FeatureSchema;
  /** Per categorical feature: [split rows], table rows. */
  readonly categorical: readonly Int32Array[];
  /** Per numeric feature: [split rows], standardised. */
  readonly numeric: readonly Float32Array[];
}

/** How a schema's features are encoded. */
export interface Encoding {
  readonly schema: FeatureSchema;
  /** By categorical feature: the table row of each (namespaced) value. */
  readonly rowOf: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Whether equal values of different clients are different things. */
  readonly apart: (feature: string) => boolean;
  /** By numeric feature. */
  readonly scalers: ReadonlyMap<string, Scaler>;
}

export function encoderOf(split: SplitClient, encoding: Encoding): Encoder {
  const { schema, rowOf, apart, scalers } = encoding;
  return {
    split,
    schema,
    categorical: schema.categorical.map(({ name }) => {
      const ofCode = rowsOfCodes(split, name, { rowOfValue: rowOf.get(name)!, apart: apart(name) });
      return textOf(split, name).codes.map((code) =>
        code < 0 ? OUT_OF_VOCABULARY_ROW : ofCode[code]!,
      );
    }),
    numeric: schema.numeric.map(({ name }) => {
      const scale = scalers.get(name)!;
      return Float32Array.from(numbersOf(split, name), (value) => scale(value));
    }),
  };
}

/** Encoded features of some rows, row-major. */
export interface Features {
  readonly categorical: Int32Array;
  readonly numeric: Float32Array;
}

/** Row i takes its item features from raw row `itemRows[i]` and all others from `rows[i]`. */
export function featuresAt(
  encoder: Encoder,
  rows: Int32Array,
  itemRows: Int32Array = rows,
): Features {
  const { schema, categorical, numeric } = encoder;
  const sources = (features: readonly { readonly of: string }[]) =>
    features.map(({ of }) => (of === "item" ? itemRows : rows));
  return {
    categorical: interleave(
      new Int32Array(rows.length * categorical.length),
      categorical,
      sources(schema.categorical),
    ),
    numeric: interleave(
      new Float32Array(rows.length * numeric.length),
      numeric,
      sources(schema.numeric),
    ),
  };
}

/** Item features alone, of the items that `rows` carry. */
export function itemFeaturesAt(encoder: Encoder, rows: Int32Array): Features {
  const { schema } = encoder;
  const categorical = Array.from(itemColumns(schema.categorical), (f) => encoder.categorical[f]!);
  const numeric = Array.from(itemColumns(schema.numeric), (n) => encoder.numeric[n]!);
  const same = (columns: readonly unknown[]) => columns.map(() => rows);
  return {
    categorical: interleave(
      new Int32Array(rows.length * categorical.length),
      categorical,
      same(categorical),
    ),
    numeric: interleave(new Float32Array(rows.length * numeric.length), numeric, same(numeric)),
  };
}

/** out[i * width + c] = columns[c][rows[c][i]] */
function interleave<T extends Int32Array | Float32Array>(
  out: T,
  columns: readonly T[],
  rows: readonly Int32Array[],
): T {
  const width = columns.length;
  columns.forEach((column, c) => {
    const at = rows[c]!;
    for (let i = 0; i < at.length; i++) out[i * width + c] = column[at[i]!]!;
  });
  return out;
}
