import { z } from "zod";
import { codebookResult } from "./codebook-schema.ts";
import { coordinationResult, gatesResult } from "./coordination-schema.ts";
import { domainsResult } from "./domain-schema.ts";
import { privacyResult } from "./privacy-schema.ts";

const rowsAlone = {
  rowsLow: z
    .number()
    .optional()
    .describe(
      "where seeds are folds: lower end of the 95% interval from drawing test users (rows where there are none) alone, models fixed",
    ),
  rowsHigh: z.number().optional().describe("its upper end"),
};

const interval = z.strictObject({
  mean: z.number().describe("mean over seeds"),
  sd: z.number().describe("standard deviation over seeds (0 for one seed)"),
  low: z
    .number()
    .describe(
      "lower end of the 95% interval over users and seeds; where seeds are folds, of the corrected resampled t",
    ),
  high: z.number().describe("its upper end"),
  ...rowsAlone,
});

const metrics = z.record(z.string(), interval);

const seen = z
  .strictObject({
    distinct: z.number().int().describe("users, or items, of the part"),
    unseen: z.number().int().describe("of these, without training rows"),
    unseenRows: z.number().int().describe("rows of the unseen ones"),
  })
  .nullable();

const partLeakage = z.strictObject({
  rows: z.number().int(),
  labelRate: z.number().describe("share of positive rows"),
  users: seen,
  items: seen,
  pairsInTraining: z
    .number()
    .int()
    .nullable()
    .describe("rows whose (user, item) pair is that of a training row"),
  rowsInTraining: z
    .number()
    .int()
    .nullable()
    .describe(
      "rows that equal a training row in all features; null: rows on disk are not compared",
    ),
  trainingAfterFirst: z
    .number()
    .int()
    .nullable()
    .describe("training rows later than the part's first row"),
  trainingAfterOwn: z
    .number()
    .int()
    .nullable()
    .describe("training rows later than the first row that their own user has in the part"),
  neverDrawn: z
    .number()
    .int()
    .nullable()
    .describe("rows whose item training never draws as a negative of the user"),
});

const leakage = z
  .strictObject({
    training: z.strictObject({ rows: z.number().int(), labelRate: z.number() }),
    valid: partLeakage,
    test: partLeakage,
    telling: z
      .array(
        z.strictObject({
          feature: z.string(),
          auc: z.number().describe("of the feature alone, on training rows"),
          reads: z
            .enum(["label", "probability"])
            .describe("as good as the label, or as its probability"),
        }),
      )
      .optional()
      .describe("features that tell the label by themselves; absent where none does"),
  })
  .describe("what held-out rows share with training rows, in the first seed's split");

const candidateFile = z.strictObject({
  seed: z.number().int(),
  file: z.string().describe("path in the run folder"),
  sha256: z.string(),
  lists: z.strictObject({ valid: z.number().int(), test: z.number().int() }),
});

const client = z.strictObject({
  train: z.number().int(),
  valid: z.number().int(),
  test: z.number().int(),
  users: z.number().int(),
  items: z.number().int(),
  leakage: leakage.optional().describe("absent in results of earlier versions"),
  candidates: z
    .array(candidateFile)
    .optional()
    .describe("the fixed lists that evaluation ranks, for implicit feedback"),
});

const stageTraffic = z.strictObject({
  stage: z.string(),
  rounds: z.number().describe("rounds of exchange, mean per seed"),
  answers: z.number().describe("answers of clients over all rounds, mean per seed"),
  bytesUp: z.number().describe("from all clients together, mean per seed"),
  bytesDown: z.number(),
  largestUp: z.number().describe("bytes of the largest single answer"),
  largestDown: z.number().describe("bytes of the largest single request"),
  arrays: z
    .record(z.string(), z.strictObject({ up: z.number(), down: z.number() }))
    .optional()
    .describe(
      "bytes of each array's numbers, mean per seed; absent in results of earlier versions",
    ),
});

export const methodResult = z.strictObject({
  kind: z.string().describe("registry name of the method"),
  role: z
    .enum(["baseline", "reference", "federated"])
    .describe("reference: not available to a real federation"),
  clients: z.record(z.string(), metrics),
  macro: metrics.describe("unweighted mean over clients, those of macroClients"),
  worst: z
    .record(z.string(), z.strictObject({ client: z.string(), mean: z.number() }))
    .optional()
    .describe(
      "the client with the worst mean of those in macro; absent in results of earlier versions",
    ),
  bytes: z
    .strictObject({ up: z.number(), down: z.number() })
    .describe("encoded messages, mean per seed"),
  seconds: z.number().describe("time field: mean wall-clock seconds per seed"),
  rounds: z.number().describe("mean rounds per seed"),
  stages: z
    .array(stageTraffic)
    .optional()
    .describe("what each stage exchanged, in order; absent in results of earlier versions"),
  codebooks: codebookResult.optional().describe("of methods that quantise; absent in all others"),
  coordination: coordinationResult
    .optional()
    .describe("what the server saw of clients' updates, where the method looks at them"),
  gates: gatesResult
    .optional()
    .describe("how gates choose between experts, where the trained model has gates"),
  domains: domainsResult
    .optional()
    .describe("what encoders of domains and of all domains together came to, where it has them"),
  privacy: privacyResult
    .optional()
    .describe("what its releases promise, where clients or the server keep accounts of them"),
});

export const comparison = z.strictObject({
  method: z.string(),
  against: z.string(),
  metric: z.string(),
  client: z.string().describe("a client, or `macro`"),
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  ...rowsAlone,
  p: z.number().describe("two-sided, paired by user and seed"),
  pHolm: z.number().describe("Holm-corrected over the clients and methods of this metric"),
  verdict: z.enum(["better", "worse", "no clear difference"]),
  gain: z
    .number()
    .optional()
    .describe(
      "the difference in percent of what `against` has, positive where `method` is better; absent where that is 0, and in results of earlier versions",
    ),
  effect: z
    .number()
    .optional()
    .describe(
      "the difference in standard deviations of users' paired differences, positive where `method` is better; absent where these do not vary, and in results of earlier versions",
    ),
});

/** `result.json`, version 1. Documented in docs/reference/result.md. */
export const resultSchema = z.strictObject({
  schema: z.literal("atoll/result/v1"),
  experiment: z.record(z.string(), z.unknown()).describe("the resolved experiment"),
  seeds: z.array(z.number().int()),
  metric: z.string().describe("the headline metric"),
  protocol: z
    .array(z.strictObject({ topic: z.string(), text: z.string() }))
    .describe("split, negatives, ties, selection ... in plain words"),
  clients: z.record(z.string(), client),
  methods: z.record(z.string(), methodResult),
  macroClients: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe(
      "by metric: the clients that macro is over, where the test rows of the others do not define it; absent for metrics that all clients have",
    ),
  comparisons: z.array(comparison),
  pairs: z
    .array(comparison)
    .optional()
    .describe(
      "every two methods once, the later one against the earlier one: over clients in each metric, Holm-corrected over all pairs of the metric; client by client in the headline metric, corrected over all pairs and clients; absent in results of earlier versions",
    ),
});

export type Result = z.infer<typeof resultSchema>;

/** Where the candidates of one client and seed lie. */
export type CandidateFile = z.infer<typeof candidateFile>;

/** One line of `metrics.jsonl`: one client in one round. */
export const metricsLineSchema = z.strictObject({
  seed: z.number().int(),
  method: z.string(),
  stage: z.string(),
  round: z.number().int(),
  client: z.string(),
  /** What the client reported: `trainLoss`, `valid/<metric>` ... */
  values: z.record(z.string(), z.number()),
  bytesUp: z.number(),
  bytesDown: z.number(),
  seconds: z.number(),
});

export type MetricsLine = z.infer<typeof metricsLineSchema>;
