import { createFiller, type Batch, type TrainingData } from "../../data/index.ts";
import type { RandomBits } from "../../random/index.ts";
import { drawRows } from "./draw-rows.ts";
import type { Units } from "./units.ts";

/** Writes units into batches: rows [i rowsPerUnit, (i + 1) rowsPerUnit) are the i-th unit's. */
export type UnitFiller = (batch: Batch, chosen: Int32Array, bits: RandomBits) => void;

/**
 * Of each unit up to `rowsPerUnit` rows, drawn anew without replacement, each weighing one over how many
 * they are, times the example's own weight. What is left is padding.
 */
export function unitFiller(data: TrainingData, units: Units, rowsPerUnit: number): UnitFiller {
  const { schema, train } = data;
  const { fill, pad } = createFiller(schema);
  const drawn = new Int32Array(rowsPerUnit);
  return (batch, chosen, bits) => {
    pad(batch, 0);
    for (let i = 0; i < chosen.length; i++) {
      const start = units.starts[chosen[i]!]!;
      const count = units.starts[chosen[i]! + 1]! - start;
      const looked = drawRows(bits, drawn, { count, wanted: rowsPerUnit });
      for (let k = 0; k < looked; k++) {
        const at = i * rowsPerUnit + k;
        fill(train, units.rows[start + drawn[k]!]!, batch, at);
        batch.weight[at]! /= looked;
      }
    }
    batch.numRows = chosen.length * rowsPerUnit;
  };
}
