import { z } from "zod";
import { lossConfig } from "../models/loss.ts";
import { optimiserConfig, tableOptimiserConfig } from "../optim/config.ts";

/** How one client trains. */
export const trainingConfig = z.strictObject({
  batchSize: z
    .number()
    .int()
    .positive()
    .default(1024)
    .describe("rows of a step, drawn negatives among them"),
  optimiser: optimiserConfig
    .prefault({ kind: "adam", learningRate: 0.001 })
    .describe("dense parameters"),
  tables: tableOptimiserConfig
    .optional()
    .describe(
      "embedding tables; default: lazy-adam with the learning rate and decay of `optimiser`",
    ),
  loss: lossConfig.prefault({ kind: "bce" }).describe("what training makes small"),
  task: z
    .string()
    .optional()
    .describe("which of several labels a model of one task learns; default: the first"),
  taskWeights: z
    .record(z.string(), z.number().positive())
    .default({})
    .describe("by label, what its loss counts in a model of several; default: 1"),
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
