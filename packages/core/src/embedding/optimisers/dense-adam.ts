import { adam, type Optimiser, type OptimiserSettings } from "../../optim/index.ts";
import type { EmbeddingTable } from "../table.ts";
import type { TableOptimiser } from "./table-optimiser.ts";

/**
 * Dense Adam, as PyTorch trains an `Embedding` that is not sparse: rows outside of the batch have
 * gradient zero, yet move by their running mean, and decay. Costs the whole table at every step.
 */
export function denseAdam(settings: OptimiserSettings): TableOptimiser {
  // Scratch, all zeros between steps: no part of the state.
  const scratch = new WeakMap<EmbeddingTable, { gradient: Float32Array; rule: Optimiser }>();
  const scratchOf = (table: EmbeddingTable) => {
    let known = scratch.get(table);
    if (known === undefined) {
      const { arena, values } = table;
      known = { gradient: arena.float32(values.length), rule: adam(settings, arena) };
      scratch.set(table, known);
    }
    return known;
  };
  return {
    init: (table) => scratchOf(table).rule.init(table.values.length),
    step: (table, { count, rows, sums }, state) => {
      const { gradient, rule } = scratchOf(table);
      const { values, width } = table;
      for (let slot = 0; slot < count; slot++) {
        const start = rows[slot]! * width;
        for (let k = 0; k < width; k++) gradient[start + k] = sums[slot * width + k]!;
      }
      rule.step(values, gradient, state);
      for (let slot = 0; slot < count; slot++) {
        const start = rows[slot]! * width;
        gradient.fill(0, start, start + width);
      }
    },
  };
}
