import { z } from "zod";

/** How models are measured. */
export const evaluationConfig = z.strictObject({
  on: z
    .enum(["test", "validation"])
    .default("test")
    .describe(
      "the rows that results are measured on; validation: the test rows are set aside before anything trains, so that settings can be tried without looking at them",
    ),
  metrics: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      "default: auc, gauc, logloss, ne, ece for explicit feedback; ndcg@10, hr@10, mrr@10, auc, logloss for implicit, without the last two where negatives.evaluation.count is all",
    ),
  headline: z
    .string()
    .optional()
    .describe("the metric that the report leads with; default: the first one"),
  against: z
    .array(z.string())
    .default([])
    .describe(
      "methods that all others are compared with, by name, beside the first local-only one",
    ),
  ties: z
    .enum(["pessimistic", "expected", "optimistic"])
    .default("pessimistic")
    .describe(
      "the rank of a positive among equal scores: last, the expectation over random order, or first",
    ),
  minPositives: z
    .number()
    .int()
    .positive()
    .default(1)
    .describe(
      "test metrics of labels are undefined on rows with fewer positives, or fewer negatives, than this; with folds it counts in each fold: 6 in each of 5 are 30",
    ),
  bootstrap: z
    .number()
    .int()
    .min(100)
    .default(2000)
    .describe("bootstrap samples behind intervals and tests"),
  validationLists: z
    .number()
    .int()
    .positive()
    .default(1000)
    .describe(
      "validation ranks at most this many lists per client and round, always the same ones; test ranks all",
    ),
});

export type EvaluationConfig = z.infer<typeof evaluationConfig>;
