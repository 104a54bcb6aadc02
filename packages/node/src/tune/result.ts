import { z } from "zod";
import { parameterConfig, strategyConfig } from "./config.ts";

const outcome = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("measured"),
    value: z.number().describe("the objective: mean over seeds of the mean over clients"),
    sd: z.number().describe("standard deviation over seeds (0 for one seed)"),
    clients: z.record(z.string(), z.number()).describe("mean over seeds, client by client"),
    rounds: z.number().describe("rounds trained until patience ended them, mean per seed"),
  }),
  z.strictObject({
    kind: z.literal("failed"),
    code: z.string(),
    message: z.string().describe("why this setting cannot be measured, such as a loss of NaN"),
  }),
]);

/** One finished trial: a file of its own in the tune folder. */
export const trialSchema = z.strictObject({
  setting: z.number().int().describe("which setting, from 1 in the order they were drawn"),
  rung: z.number().int().describe("from 1; grid and random have one rung only"),
  rounds: z.number().int().describe("federation.rounds of this trial"),
  values: z.record(z.string(), z.json()).describe("the setting, by path"),
  outcome,
  seconds: z.number().describe("time field: wall-clock seconds"),
});

export type Trial = z.infer<typeof trialSchema>;

/** `tune.json`, version 1. Documented in docs/reference/tune.md. */
export const tuneResultSchema = z.strictObject({
  schema: z.literal("atoll/tune/v1"),
  experiment: z.string().describe("the experiment's name"),
  method: z.string(),
  objective: z.strictObject({ metric: z.string(), higherIsBetter: z.boolean() }),
  seeds: z.array(z.number().int()),
  strategy: strategyConfig,
  parameters: z.record(z.string(), parameterConfig),
  rungs: z.array(z.strictObject({ trials: z.number().int(), rounds: z.number().int() })),
  trials: z.array(trialSchema).describe("rung by rung, within a rung in the order of settings"),
  best: trialSchema
    .optional()
    .describe("the best of the last rung that measured anything; absent if every trial failed"),
});

export type TuneResult = z.infer<typeof tuneResultSchema>;

/** The value that settings are ordered by; undefined for a failed trial. */
export function valueOf({ outcome: own }: Trial): number | undefined {
  return own.kind === "measured" ? own.value : undefined;
}
