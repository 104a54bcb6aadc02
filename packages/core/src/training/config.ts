import { z } from "zod";
import { optimiserConfig, tableOptimiserConfig } from "../optim/config.ts";

/** How one client trains. */
export const trainingConfig = z.strictObject({
  batchSize: z.number().int().positive().default(1024),
  optimiser: optimiserConfig
    .prefault({ kind: "adam", learningRate: 0.001 })
    .describe("dense parameters"),
  tables: tableOptimiserConfig
    .optional()
    .describe(
      "embedding tables; default: lazy-adam with the learning rate and decay of `optimiser`",
    ),
  select: z
    .enum(["best", "last"])
    .default("best")
    .describe(
      "which round is scored on test: each client's best on its own validation rows, or the last",
    ),
  patience: z
    .number()
    .int()
    .positive()
    .default(5)
    .describe(
      "rounds without a better validation value before a client stops (federated: before all have)",
    ),
  selectBy: z.string().optional().describe("validation metric; default: the headline metric"),
});

export type TrainingConfig = z.infer<typeof trainingConfig>;
