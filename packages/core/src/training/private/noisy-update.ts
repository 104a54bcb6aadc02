import { makeTableOptimiser } from "../../embedding/index.ts";
import type { TrainingConfig } from "../config.ts";
import { createDenseUpdate, type PassTerms } from "../dense-update.ts";
import type { Learned } from "../learned.ts";
import type { Learner } from "../learner.ts";
import { tableOptimiserOf } from "../step.ts";
import { noisySum, type NoisySum } from "./noisy-sum.ts";

/** The last part of a private step: from the noisy sum to new values of all that is learned. */
export interface NoisyUpdate {
  readonly sum: NoisySum;
  readonly follow: (terms: PassTerms) => void;
  /** One step of the optimisers by the sum over `denominator`, which is public. */
  readonly step: (denominator: number) => void;
  readonly memories: Learner["memories"];
}

/**
 * Tables move densely, by the optimiser that a config names for the rows of a batch with all rows in it:
 * lazy Adam is then Adam.
 */
export function createNoisyUpdate(learned: Learned, config: TrainingConfig): NoisyUpdate {
  const { arena, layout, tables } = learned;
  const gradient = arena.float32(layout.size);
  const dense = createDenseUpdate(learned, gradient, config.optimiser);
  const optimiser = makeTableOptimiser(tableOptimiserOf(config));
  const memories = tables.map((table) => optimiser.init(table));
  const sum = noisySum(layout.size, tables);
  const rowGradients = tables.map(({ width }, t) => {
    const rows = arena.int32(sum.rows[t]!.length);
    rows.set(sum.rows[t]!);
    return { count: rows.length, rows, sums: arena.float32(rows.length * width) };
  });
  return {
    sum,
    follow: dense.follow,
    step: (denominator) => {
      sum.scaled(1 / denominator, gradient, rowGradients);
      dense.step();
      for (let t = 0; t < tables.length && !dense.tablesRest(); t++)
        optimiser.step(tables[t]!, rowGradients[t]!, memories[t]!);
    },
    memories: {
      dense: dense.memory,
      ...Object.fromEntries(tables.map(({ name }, t) => [name, memories[t]!])),
    },
  };
}
