import type { EmbeddingTable } from "../../embedding/index.ts";
import { addGaussian, type RandomBytes } from "../../privacy/mechanisms/index.ts";
import type { EntryGradients } from "./clipped-step.ts";

type Floats = Float32Array | Float64Array;

/**
 * The sum of clipped gradients over all that is learned: dense parameters, and every row of every table but
 * padding, whether a unit read it or not, so that noise hides which rows moved. In doubles.
 */
export interface NoisySum {
  /** Entries in all. */
  readonly size: number;
  readonly clear: () => void;
  /** Adds the clipped gradients of one run. */
  readonly add: (dense: Float32Array, tables: readonly EntryGradients[]) => void;
  /** Adds noise of this deviation to every entry. */
  readonly addNoise: (deviation: number, randomBytes: RandomBytes) => void;
  /** Writes the sum times `factor`: the dense part, and that of the rows of each table. */
  readonly scaled: (
    factor: number,
    dense: Floats,
    tables: readonly { readonly sums: Floats }[],
  ) => void;
  /** By table, the rows in the order of its part of the sum. */
  readonly rows: readonly Int32Array[];
}

export function noisySum(denseSize: number, tables: readonly EmbeddingTable[]): NoisySum {
  const rows = tables.map(learnedRows);
  const size = tables.reduce((sum, { width }, t) => sum + rows[t]!.length * width, denseSize);
  const sum = new Float64Array(size);
  const densePart = sum.subarray(0, denseSize);
  let offset = denseSize;
  const parts = tables.map((table, t) => {
    const place = new Int32Array(table.numRows).fill(-1);
    rows[t]!.forEach((row, i) => (place[row] = i));
    const values = sum.subarray(offset, offset + rows[t]!.length * table.width);
    offset += values.length;
    return { width: table.width, place, values };
  });
  return {
    size,
    rows,
    clear: () => sum.fill(0),
    add: (dense, entries) => {
      for (let i = 0; i < denseSize; i++) densePart[i]! += dense[i]!;
      for (let t = 0; t < parts.length; t++) {
        const { width, place, values } = parts[t]!;
        const { gradient, rows: read } = entries[t]!;
        for (let e = 0; e < read.length; e++) {
          const at = place[read[e]!]!;
          if (at < 0) continue;
          for (let k = 0; k < width; k++) values[at * width + k]! += gradient[e * width + k]!;
        }
      }
    },
    addNoise: (deviation, randomBytes) => addGaussian(sum, deviation, randomBytes),
    scaled: (factor, dense, into) => {
      for (let i = 0; i < denseSize; i++) dense[i] = densePart[i]! * factor;
      for (let t = 0; t < parts.length; t++) {
        const { values } = parts[t]!;
        const { sums } = into[t]!;
        for (let i = 0; i < values.length; i++) sums[i] = values[i]! * factor;
      }
    },
  };
}

/** All rows of a table but those of padding, which stay zero for ever. */
function learnedRows({ features, numRows }: EmbeddingTable): Int32Array {
  const padding = new Set(features.map(({ offset }) => offset));
  return Int32Array.from({ length: numRows }, (_, row) => row).filter((row) => !padding.has(row));
}
