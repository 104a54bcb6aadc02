import { z } from "zod";
import { comparison, methodResult } from "../results/index.ts";

const settings = z.record(z.string(), z.json());

const grid = z.strictObject({
  name: z.string().describe("the setting's path: `training.optimiser.learningRate`"),
  of: z
    .enum(["method", "run"])
    .describe(
      "method: its values are variants of methods, on the same rows; run: each is a run of its own",
    ),
  values: z.array(z.json()).describe("in the order in which they were given"),
});

const method = methodResult
  .pick({
    kind: true,
    role: true,
    clients: true,
    macro: true,
    worst: true,
    bytes: true,
    seconds: true,
    rounds: true,
    privacy: true,
  })
  .extend({
    base: z.string().describe("the method's name in the experiment"),
    settings: settings.describe("what makes it a variant of that; empty: nothing"),
    against: z
      .string()
      .optional()
      .describe(
        "the local-only training with the same settings, which its gains are over; absent for that itself, and where there is none",
      ),
  });

const failed = z.strictObject({
  seed: z.number().int().describe("the seed that it failed with first"),
  code: z.string().describe("the error's code"),
  message: z.string().describe("why it cannot be trained"),
});

const run = z.strictObject({
  name: z
    .string()
    .describe("the experiment's name, with the settings that make it a run of its own"),
  experiment: z.string().describe("the file that it came from"),
  folder: z.string().describe("its run folder, within the comparison's"),
  settings: settings.describe("settings that make it a run of its own; empty: none"),
  metric: z.string().describe("the headline metric"),
  higherIsBetter: z.boolean().describe("of the headline metric"),
  seeds: z.array(z.number().int()),
  clients: z.array(z.string()),
  methods: z.record(z.string(), method).describe("as result.json has them, in its order"),
  macroClients: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe("as in result.json: clients that a macro mean is over, where these are not all"),
  comparisons: z
    .array(comparison)
    .describe("as in result.json: against local-only trainings, each a family of its own"),
  pairs: z.array(comparison).describe("as in result.json: every two methods"),
  failed: z
    .record(z.string(), failed)
    .describe("methods that cannot be trained here, by name; the others go on without them"),
});

const gain = z.strictObject({
  run: z.string(),
  difference: z.number().describe("macro mean of the headline metric"),
  low: z.number(),
  high: z.number(),
  gain: z
    .number()
    .optional()
    .describe("percent, positive where better; absent over a baseline of 0"),
  verdict: comparison.shape.verdict,
});

const overallMethod = z.strictObject({
  method: z.string(),
  against: z.string().optional().describe("the local-only training that it is held against"),
  gains: z.array(gain).describe("over that, run by run; empty for local-only training itself"),
  meanGain: z.number().optional().describe("percent, mean over runs"),
  wins: z
    .number()
    .int()
    .describe(
      "clients of all runs where it is clearly better than local-only training (result.json's verdicts)",
    ),
  ties: z.number().int().describe("clients without a clear difference"),
  losses: z.number().int().describe("clients where it is clearly worse"),
  rank: z.number().optional().describe("average over places, 1 is the best; absent for references"),
  signedRank: z
    .strictObject({
      n: z.number().int().describe("places where it differs from local-only training"),
      positive: z.number().describe("sum of the ranks of gains"),
      p: z.number().describe("Wilcoxon's signed-rank test of gains in percent, two-sided"),
      pHolm: z.number().describe("Holm-corrected over methods"),
    })
    .optional()
    .describe("against local-only training; absent for local-only training and for references"),
});

const overall = z.strictObject({
  methods: z.array(overallMethod).describe("methods that all runs have"),
  places: z
    .number()
    .int()
    .describe("clients of all runs where every ranked method has the headline metric"),
  friedman: z
    .number()
    .optional()
    .describe(
      "p that all ranked methods are equally good; absent for less than two places or three methods",
    ),
  criticalDifference: z
    .number()
    .optional()
    .describe("Nemenyi: average ranks further apart than this differ at the 5% level"),
});

const point = z.strictObject({
  value: z.json(),
  run: z.string(),
  method: z.string(),
  mean: z.number().describe("macro mean of the headline metric"),
  low: z.number(),
  high: z.number(),
  gain: z
    .strictObject({
      against: z.string(),
      difference: z.number(),
      low: z.number(),
      high: z.number(),
      verdict: comparison.shape.verdict,
    })
    .optional()
    .describe("over local-only training with the same settings; absent where there is none"),
});

const effect = z.strictObject({
  setting: z.string(),
  metric: z.string(),
  lines: z.array(
    z.strictObject({
      run: z.string().optional().describe("absent where the points are of several runs"),
      base: z.string().describe("the method's name in the experiment"),
      others: settings.describe("the other settings, which stay as they are along the line"),
      points: z.array(point).describe("by value, in the setting's order"),
    }),
  ),
});

const warning = z.strictObject({
  kind: z.enum([
    "no-local",
    "no-popularity",
    "few-seeds",
    "chosen-on-test",
    "same-rows",
    "failed-methods",
    "metrics-differ",
  ]),
  runs: z.array(z.string()).optional().describe("absent where it is about all of them"),
  text: z.string().describe("in plain words, with the way out"),
});

/** `comparison.json`, version 1. Documented in docs/reference/compare.md. */
export const comparisonSchema = z.strictObject({
  schema: z.literal("atoll/comparison/v1"),
  settings: z.array(grid).describe("what was varied"),
  runs: z.array(run),
  overall: overall
    .optional()
    .describe("over runs; absent for one run, or where runs have less than two methods in common"),
  effects: z.array(effect).describe("what each setting does, value by value"),
  warnings: z.array(warning).describe("what a reader should know before deciding"),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type ComparedRun = Comparison["runs"][number];
export type Overall = NonNullable<Comparison["overall"]>;
export type SettingEffect = Comparison["effects"][number];
