import { encodeColumns, type Encoder } from "./encoder.ts";
import type { EncodedRows } from "./examples.ts";
import { historiesOf, joinHistories } from "./histories.ts";
import type { SplitClient } from "./prepare-types.ts";
import { columnsOf, type FeatureSchema } from "./schema.ts";

/** A client among the encoded rows of its party. */
export interface EncodedClient {
  readonly split: SplitClient;
  readonly schema: FeatureSchema;
  readonly rows: EncodedRows;
  /** Where its own rows begin. */
  readonly offset: number;
}

/** Encodes all clients of a party into one array, one client after another. */
export function encodeClients(
  splits: readonly SplitClient[],
  encoder: Encoder,
): readonly EncodedClient[] {
  const { schema } = encoder;
  const parts = splits.map((split) => encodeColumns(encoder, split, split.label.length));
  const numRows = parts.reduce((sum, part) => sum + part.numRows, 0);
  const { width } = parts[0]!;
  const categorical = parts.length === 1 ? parts[0]!.categorical : new Int32Array(numRows * width);
  const numeric =
    parts.length === 1 ? parts[0]!.numeric : new Float32Array(numRows * schema.numeric.length);
  let offset = 0;
  for (const part of parts) {
    if (parts.length > 1) {
      categorical.set(part.categorical, offset * width);
      numeric.set(part.numeric, offset * schema.numeric.length);
    }
    offset += part.numRows;
  }
  const item = schema.categorical.findIndex(({ name }) => name === "item");
  const column = columnsOf(schema)[item]!;
  const histories = splits.flatMap((split, p) => {
    if (split.history === undefined) return [];
    const own = parts[p]!;
    const itemRow = Int32Array.from(
      { length: own.numRows },
      (_, row) => own.categorical[row * width + column]!,
    );
    return [historiesOf(split, split.history, itemRow)];
  });
  const rows: EncodedRows = {
    numRows,
    categorical,
    numeric,
    ...(histories.length > 0 && { histories: joinHistories(histories) }),
  };
  return encodedClients(splits, schema, rows);
}

/** The clients among rows that lie one client after another. */
export function encodedClients(
  splits: readonly SplitClient[],
  schema: FeatureSchema,
  rows: EncodedRows,
): readonly EncodedClient[] {
  let offset = 0;
  return splits.map((split) => {
    const own = { split, schema, rows, offset };
    offset += split.label.length;
    return own;
  });
}
