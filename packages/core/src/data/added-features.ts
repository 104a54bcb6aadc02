import { AtollError } from "../errors/index.ts";
import type { EncodedRows, HeldOutRows, ItemPool, PairNumbers, TrainingData } from "./examples.ts";
import { HISTORY } from "./features/declared.ts";
import {
  itemColumns,
  numColumnsOf,
  type CategoricalFeature,
  type FeatureSchema,
  type NumericFeature,
} from "./schema.ts";

/** A categorical feature of length 1 that a method adds to encoded rows. */
export interface AddedCategorical {
  readonly name: string;
  readonly of: "user" | "item";
  /** Rows of its table: padding (0), unknown (1), then its values. */
  readonly numRows: number;
  /** [rows.numRows]: its table row in each encoded row. */
  readonly ofRow: Int32Array;
  /** Of an item feature, where negatives are drawn: its table row for each item of every pool. */
  readonly ofPool: readonly Int32Array[];
}

/**
 * The features with others behind them; a history stays the last categorical one, as its columns are not
 * stored, and pairs become the last numeric ones. DATA_ROLE_CONFLICT where a name is taken.
 */
export function addedSchema(
  schema: FeatureSchema,
  added: {
    readonly categorical?: readonly CategoricalFeature[];
    /** Names of numeric features of `of: "pair"`. */
    readonly pairs?: readonly string[];
  },
): FeatureSchema {
  const { categorical: more = [], pairs = [] } = added;
  const { categorical, numeric } = schema;
  const taken = new Set([...categorical, ...numeric].map(({ name }) => name));
  for (const name of [...more.map((feature) => feature.name), ...pairs])
    if (taken.has(name))
      throw new AtollError(
        "DATA_ROLE_CONFLICT",
        `the method adds a feature "${name}", and the data have one of this name; give that another name in data.columns`,
      );
  const at = categorical.at(-1)?.name === HISTORY ? categorical.length - 1 : categorical.length;
  const last = pairs.map((name): NumericFeature => ({ name, of: "pair" }));
  return {
    ...schema,
    categorical: [...categorical.slice(0, at), ...more, ...categorical.slice(at)],
    numeric: [...numeric, ...last],
  };
}

/** The data with further columns: every training row, negative and candidate carries its own item's. */
export function withCategorical(
  data: TrainingData,
  added: readonly AddedCategorical[],
): TrainingData {
  const rows = inMemory(data);
  const schema = addedSchema(data.schema, {
    categorical: added.map(({ name, of, numRows }) => ({ name, of, numRows })),
  });
  const items = added.filter(({ of }) => of === "item");
  const numItemColumns = itemColumns(data.schema).categorical.length;
  const widened = withRows(data, {
    ...rows,
    categorical: beside(
      rows.categorical,
      rows.histories === undefined
        ? numColumnsOf(data.schema)
        : numColumnsOf(data.schema) - rows.histories.length,
      added.map(({ ofRow }) => ofRow),
      rows.numRows,
    ),
  });
  const { negatives } = data;
  if (negatives === undefined) return { ...widened, schema };
  const pools = negatives.pools.map((pool, p): ItemPool => {
    const columns = items.map(({ ofPool }) => ofPool[p]!);
    return {
      ...pool,
      categorical: beside(pool.categorical, numItemColumns, columns, pool.numItems),
    };
  });
  return { ...widened, schema, negatives: { ...negatives, pools } };
}

/** The data with numeric features of a user and an item together, under the given names. */
export function withPairs(
  data: TrainingData,
  names: readonly string[],
  pairs: PairNumbers,
): TrainingData {
  const rows = inMemory(data);
  return {
    ...withRows(data, { ...rows, pairs }),
    schema: addedSchema(data.schema, { pairs: names }),
  };
}

/** What is added lies beside the rows, so they must be here. */
function inMemory({ train, parts }: TrainingData): EncodedRows {
  if (train.rows.seek === undefined) return train.rows;
  throw new AtollError(
    "DATA_NEEDS_MEMORY",
    `client ${parts.map(({ client }) => `"${client}"`).join(", ")}: the method adds features to every row, which needs all rows in memory, but data.storage is disk; set data.storage to memory or remove the method`,
  );
}

/** The data with all examples on other rows. */
function withRows(data: TrainingData, rows: EncodedRows): TrainingData {
  const on = (held: HeldOutRows): HeldOutRows => ({
    ...held,
    examples: (lists) => ({ ...held.examples(lists), rows }),
  });
  return {
    ...data,
    train: { ...data.train, rows },
    parts: data.parts.map((part) => ({ ...part, valid: on(part.valid), test: on(part.test) })),
  };
}

/** [numRows * (width + columns)]: each row's values, then those of the columns. */
function beside(
  values: Int32Array,
  width: number,
  columns: readonly Int32Array[],
  numRows: number,
): Int32Array {
  if (columns.length === 0) return values;
  const stride = width + columns.length;
  const out = new Int32Array(numRows * stride);
  for (let row = 0; row < numRows; row++) {
    for (let c = 0; c < width; c++) out[row * stride + c] = values[row * width + c]!;
    for (let c = 0; c < columns.length; c++) out[row * stride + width + c] = columns[c]![row]!;
  }
  return out;
}
