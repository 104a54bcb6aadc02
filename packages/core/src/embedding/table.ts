import {
  columnsOf,
  lengthOf,
  numColumnsOf,
  PADDING_ROW,
  vocabularyOf,
  type FeatureSchema,
} from "../data/schema.ts";
import { AtollError } from "../errors/index.ts";
import type { Arena } from "../kernels/index.ts";
import type { EmbeddingSpec } from "./spec.ts";
import type { RandomStream } from "../random/index.ts";

/** One feature's place in a table. */
export interface TableFeature {
  readonly name: string;
  /** Its first column in a batch. */
  readonly column: number;
  /** Its columns: values per example. */
  readonly length: number;
  /** The feature whose rows it reads: its own name, or that of another feature of the table. */
  readonly vocabulary: string;
  /** The table row at which its rows begin: its padding row. */
  readonly offset: number;
  readonly numRows: number;
}

/**
 * The rows of one embedding: all its features one after another in one contiguous array. Row 0 of every
 * feature is padding, zero for ever; row 1 stands for values out of vocabulary and is trained only by
 * rows that carry it. Features of one vocabulary read the same rows.
 */
export interface EmbeddingTable {
  readonly name: string;
  readonly width: number;
  readonly features: readonly TableFeature[];
  /** Columns of a batch: the stride of its rows. */
  readonly numColumns: number;
  /** Columns that the table's features have together: entries per example. */
  readonly numEntries: number;
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
  const columns = columnsOf(schema);
  const features: TableFeature[] = [];
  const offsets = new Map<string, number>();
  let numRows = 0;
  for (const name of spec.features) {
    const index = schema.categorical.findIndex((feature) => feature.name === name);
    const declared = schema.categorical[index];
    if (declared === undefined) throw unknownFeature(spec.name, name, schema.categorical);
    const vocabulary = vocabularyOf(declared);
    if (!offsets.has(vocabulary)) {
      offsets.set(vocabulary, numRows);
      numRows += declared.numRows;
    }
    features.push({
      name,
      vocabulary,
      column: columns[index]!,
      length: lengthOf(declared),
      offset: offsets.get(vocabulary)!,
      numRows: declared.numRows,
    });
  }
  const table: EmbeddingTable = {
    name: spec.name,
    width: spec.width,
    features,
    numColumns: numColumnsOf(schema),
    numEntries: features.reduce((sum, { length }) => sum + length, 0),
    numRows,
    arena,
    values: arena.float32(numRows * spec.width),
    slotOfRow: arena.int32(numRows),
  };
  const drawn = new Set<string>();
  for (const feature of features) {
    if (drawn.has(feature.vocabulary)) continue;
    drawn.add(feature.vocabulary);
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
