import { z } from "zod";

const range = z.strictObject({
  low: z.number().describe("the smallest value"),
  high: z.number().describe("the largest value"),
  scale: z
    .enum(["linear", "log"])
    .default("linear")
    .describe("log: equal ratios are equally likely, for learning rates and other sizes"),
  integer: z.boolean().default(false).describe("whole numbers only"),
  steps: z
    .number()
    .int()
    .min(2)
    .optional()
    .describe("values that a grid takes of the range, both ends among them; for `grid` only"),
});

const choice = z.strictObject({
  values: z
    .array(z.json())
    .min(1)
    .describe("the values to try: numbers, words, lists or whole blocks"),
});

/** What one setting may be. */
export const parameterConfig = z.union([range, choice]);

export type ParameterConfig = z.infer<typeof parameterConfig>;

const trials = z.number().int().positive();
const seed = z
  .number()
  .int()
  .nonnegative()
  .default(1)
  .describe("draws the settings; has nothing to do with the seeds that trials train with");

/** How settings are chosen, and how long each trains. */
export const strategyConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("grid") }).describe("every combination"),
  z
    .strictObject({
      kind: z.literal("random"),
      trials: trials.default(20).describe("settings to draw"),
      seed,
    })
    .describe("independent draws (Bergstra & Bengio 2012)"),
  z
    .strictObject({
      kind: z.literal("successive-halving"),
      trials: trials.default(27).describe("settings to draw; all of them train for a short while"),
      seed,
      eta: z
        .number()
        .int()
        .min(2)
        .default(3)
        .describe("one in eta is promoted and trains eta times as many rounds"),
      minimumRounds: z
        .number()
        .int()
        .positive()
        .default(1)
        .describe("federation.rounds of the first rung, at least"),
      maximumRounds: z
        .number()
        .int()
        .positive()
        .optional()
        .describe("federation.rounds of the last rung; default: the experiment's"),
    })
    .describe("many settings for a short while, the best for longer (Jamieson & Talwalkar 2016)"),
]);

export type StrategyConfig = z.infer<typeof strategyConfig>;

/** A whole tune file. */
export const tuneConfig = z.strictObject({
  experiment: z.string().min(1).describe("the experiment file, relative to this file"),
  method: z.string().min(1).describe("the method to tune, by its name in the experiment"),
  objective: z
    .string()
    .optional()
    .describe("validation metric to improve; default: the one that the method selects rounds by"),
  space: z
    .record(z.string().min(1), parameterConfig)
    .describe(
      "the settings to vary, by path: `training.optimiser.learningRate`, `model.width`, `methods.fedprox.mu`; each a list of `values` or a range from `low` to `high`",
    ),
  strategy: strategyConfig.prefault({ kind: "random" }).describe("how settings are chosen"),
  seeds: z
    .array(z.number().int().nonnegative())
    .min(1)
    .optional()
    .describe("seeds that every trial trains with; default: the experiment's"),
  finalTest: z
    .boolean()
    .default(false)
    .describe(
      "in the end, run the experiment once with the best settings: only then test rows are read",
    ),
});

export type TuneConfig = z.infer<typeof tuneConfig>;

/** The schema for editors, of what a tune file may say (before defaults). */
export function tuneJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(tuneConfig, { io: "input", reused: "ref" });
}
