import { PADDING_ROW, type FeatureSchema } from "../data/schema.ts";
import { AtollError } from "../errors/index.ts";
import type { Arena } from "../kernels/index.ts";
import type { EmbeddingSpec } from "./spec.ts";
import type { RandomStream } from "../random/index.ts";

/** One feature's place in a table. */
export interface TableFeature {
  readonly name: string;
  /** Its column among the schema's categorical features. */
  readonly column: number;
  /** The table row at which its rows begin: its padding row. */
  readonly offset: number;
  readonly numRows: number;
}

/**
 * The rows of one embedding: all its features one after another in one contiguous array. Row 0 of every
 * feature is padding, zero for ever; row 1 stands for values out of vocabulary and is trained only by
 * rows that carry it.
 */
export interface EmbeddingTable {
  readonly name: string;
  readonly width: number;
  readonly features: readonly TableFeature[];
  /** Categorical features of the schema: the stride of a batch's rows. */
  readonly numColumns: number;
  /** Rows of all features together. */
  readonly numRows: number;
  /** Where values and everything that works on them lie. */
  readonly arena: Arena;
  /** [numRows * width], row-major. */
  readonly values: Float32Array;
  /** [numRows]: scratch of `distinguish`, of no meaning between two calls. */
  readonly slotOfRow: Int32Array;
}

/**
 * The table of one embedding, its features in the order of the specification, freshly drawn. Ten million
 * rows of width 16 take 640 MB, and under Adam three times as much; ARENA_FULL beyond four GiB in all.
 */
export function createTable(
  spec: EmbeddingSpec,
  schema: FeatureSchema,
  stream: RandomStream,
  arena: Arena,
): EmbeddingTable {
  const features: TableFeature[] = [];
  let numRows = 0;
  for (const name of spec.features) {
    const column = schema.categorical.findIndex((feature) => feature.name === name);
    if (column === -1) throw unknownFeature(spec.name, name, schema.categorical);
    const feature = { name, column, offset: numRows, numRows: schema.categorical[column]!.numRows };
    features.push(feature);
    numRows += feature.numRows;
  }
  const table: EmbeddingTable = {
    name: spec.name,
    width: spec.width,
    features,
    numColumns: schema.categorical.length,
    numRows,
    arena,
    values: arena.float32(numRows * spec.width),
    slotOfRow: arena.int32(numRows),
  };
  for (const feature of features) {
    const view = featureView(table, feature.name);
    spec.init(view, [feature.numRows, spec.width], stream);
    view.fill(0, PADDING_ROW * spec.width, (PADDING_ROW + 1) * spec.width);
  }
  return table;
}

/** One feature's rows, [numRows * width], as a view: writing to it writes to the table. */
export function featureView(table: EmbeddingTable, name: string): Float32Array {
  const feature = featureOf(table, name);
  const start = feature.offset * table.width;
  return table.values.subarray(start, start + feature.numRows * table.width);
}

/** A feature of the table by name; EMBEDDING_UNKNOWN_FEATURE where it has none of that name. */
export function featureOf(table: EmbeddingTable, name: string): TableFeature {
  const feature = table.features.find((candidate) => candidate.name === name);
  if (feature === undefined) throw unknownFeature(table.name, name, table.features);
  return feature;
}

function unknownFeature(
  embedding: string,
  name: string,
  known: readonly { readonly name: string }[],
): AtollError {
  return new AtollError(
    "EMBEDDING_UNKNOWN_FEATURE",
    `embedding "${embedding}": no categorical feature "${name}"; ` +
      `there are: ${known.map((feature) => feature.name).join(", ") || "none"}`,
  );
}
