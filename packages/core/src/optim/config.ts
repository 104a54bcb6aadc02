import { z } from "zod";

const learningRate = z.number().positive().describe("step size");
const weightDecay = z
  .number()
  .nonnegative()
  .default(0)
  .describe("L2 coefficient, added to the gradient (AdamW: decoupled)");

/** The optimiser of dense parameters. */
export const optimiserConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("sgd"), learningRate, weightDecay }),
  z.strictObject({ kind: z.literal("adam"), learningRate, weightDecay }),
  z.strictObject({ kind: z.literal("adamw"), learningRate, weightDecay }),
  z.strictObject({ kind: z.literal("adagrad"), learningRate, weightDecay }),
]);

export type OptimiserConfig = z.infer<typeof optimiserConfig>;

/** The optimiser of embedding tables. Weight decay touches the rows of the batch only, but for `adam`. */
export const tableOptimiserConfig = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("sgd"), learningRate, weightDecay })
    .describe("gradient descent on the rows of the batch; no memory"),
  z
    .strictObject({ kind: z.literal("adagrad"), learningRate, weightDecay })
    .describe("Adagrad on the rows of the batch"),
  z
    .strictObject({ kind: z.literal("lazy-adam"), learningRate, weightDecay })
    .describe("Adam on the rows of the batch"),
  z
    .strictObject({ kind: z.literal("rowwise-adagrad"), learningRate, weightDecay })
    .describe("one accumulator per row"),
  z
    .strictObject({ kind: z.literal("adam"), learningRate, weightDecay })
    .describe("dense Adam: every row moves at every step, as PyTorch trains"),
]);

export type TableOptimiserConfig = z.infer<typeof tableOptimiserConfig>;
