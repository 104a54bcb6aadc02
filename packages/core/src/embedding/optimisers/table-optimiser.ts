import type { OptimiserState } from "../../optim/index.ts";
import type { RowGradients } from "../row-gradients.ts";
import type { EmbeddingTable } from "../table.ts";

/** A rule that moves the rows of a table against a batch's summed gradient. */
export interface TableOptimiser {
  /** The memory before the first step. */
  readonly init: (table: EmbeddingTable) => OptimiserState;
  /** One step, in place: changes the table's values and `state`. Padding rows stay zero. */
  readonly step: (table: EmbeddingTable, gradients: RowGradients, state: OptimiserState) => void;
}
