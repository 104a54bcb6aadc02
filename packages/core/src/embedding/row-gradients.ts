import { PADDING_ROW } from "../data/schema.ts";
import type { EmbeddingTable } from "./table.ts";

/**
 * The gradient of one batch by table row: each row once, duplicates summed, padding left out. Buffers
 * that the next batch overwrites.
 */
export interface RowGradients {
  /** Distinct rows in the batch. */
  count: number;
  /** [capacity], of which `count` are valid: table rows, in order of first appearance. */
  readonly rows: Int32Array;
  /** [capacity * width], of which `count * width` are valid: the summed gradient of each row. */
  readonly sums: Float32Array;
  /** [table rows]: where in `rows` a row stands, if `rows` agrees. */
  readonly slotOfRow: Int32Array;
}

/** Buffers for batches of at most `batchSize` examples. */
export function createRowGradients(table: EmbeddingTable, batchSize: number): RowGradients {
  const capacity = Math.min(table.numRows, batchSize * table.features.length);
  return {
    count: 0,
    rows: new Int32Array(capacity),
    sums: new Float32Array(capacity * table.width),
    slotOfRow: new Int32Array(table.numRows),
  };
}

/** The examples of a batch that count: rows from `numRows` on are padding. */
export interface BatchRows {
  readonly numRows: number;
  /** [batchSize * numColumns] */
  readonly categorical: Int32Array;
}

/**
 * Sums the gradient of a batch, [batchSize, features, width], by table row.
 *
 * Which rows were seen is kept as a sparse set (Briggs and Torczon 1993): `slotOfRow` needs no clearing
 * between batches, for an entry counts only if `rows` points back at it.
 */
export function sumByRow(
  table: EmbeddingTable,
  batch: BatchRows,
  gradient: Float32Array,
  out: RowGradients,
): void {
  const { features, numColumns, width } = table;
  const { rows, slotOfRow, sums } = out;
  const { categorical, numRows } = batch;
  const numFeatures = features.length;
  if (gradient.length < numRows * numFeatures * width)
    throw new RangeError(
      `gradient of "${table.name}": ${gradient.length} entries for ${numRows} examples ` +
        `of ${numFeatures} features and width ${width}`,
    );
  if (rows.length < Math.min(table.numRows, numRows * numFeatures))
    throw new RangeError(
      `gradient of "${table.name}": ${numRows} examples, but buffers for ${rows.length} rows`,
    );
  let count = 0;
  for (let b = 0; b < numRows; b++) {
    for (let f = 0; f < numFeatures; f++) {
      const { column, offset } = features[f]!;
      const local = categorical[b * numColumns + column]!;
      if (local === PADDING_ROW) continue;
      const row = offset + local;
      const source = (b * numFeatures + f) * width;
      const known = slotOfRow[row]!;
      if (known < count && rows[known] === row) {
        const target = known * width;
        for (let k = 0; k < width; k++) sums[target + k]! += gradient[source + k]!;
      } else {
        const target = count * width;
        for (let k = 0; k < width; k++) sums[target + k] = gradient[source + k]!;
        slotOfRow[row] = count;
        rows[count++] = row;
      }
    }
  }
  out.count = count;
}
