import type { Arena } from "../../kernels/index.ts";
import { gatherRows } from "../../training/population/index.ts";

/** A table of rows in a vector of everything that is learned, and in one of its gradient. */
interface TableInVector {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly offset: number;
  readonly width: number;
}

/** Rows of a table for the items of a batch, as a program reads them; an item of -1 is nobody's. */
export interface BatchRows {
  /** [items, width], zeros for nobody's. */
  readonly vectors: Float32Array;
  /** [items, width], what a program says of them. */
  readonly gradients: Float32Array;
  readonly gather: () => void;
  /** Adds `gradients` to the table's gradient. */
  readonly scatter: () => void;
}

export function batchRows(table: TableInVector, items: Int32Array, arena: Arena): BatchRows {
  const { gradient, offset, width } = table;
  const vectors = arena.float32(items.length * width);
  const gradients = arena.float32(items.length * width);
  return {
    vectors,
    gradients,
    gather: () => gatherRows(items, table, vectors),
    scatter: () => {
      for (let i = 0; i < items.length; i++) {
        if (items[i]! < 0) continue;
        const to = offset + items[i]! * width;
        for (let k = 0; k < width; k++) gradient[to + k]! += gradients[i * width + k]!;
      }
    },
  };
}
