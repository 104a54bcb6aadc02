import { z } from "zod";

const owner = z.enum(["user", "item", "context"]);

const feature = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1).describe("the column's name in the file"),
    of: owner
      .default("context")
      .describe(
        "whose property it is: a sampled negative takes its item features from the sampled item",
      ),
  }),
]);

/** What the columns of a client's file mean. */
export const columnsConfig = z.strictObject({
  user: z.string().min(1).optional().describe("column with the user id"),
  item: z.string().min(1).optional().describe("column with the item id"),
  time: z
    .string()
    .min(1)
    .optional()
    .describe("column with a date, a timestamp or a number that grows with time"),
  label: z
    .union([
      z.string().min(1),
      z.strictObject({
        column: z.string().min(1).describe("column with a number"),
        atLeast: z.number().describe("rows with at least this value are positive"),
      }),
    ])
    .optional()
    .describe("column with 0 or 1, or a threshold on a number; absent: every row is a positive"),
  categorical: z.array(feature).default([]).describe("further categorical columns"),
  numeric: z
    .array(feature)
    .default([])
    .describe("numeric columns, standardised on training rows; missing becomes the mean"),
});

export type ColumnsConfig = z.infer<typeof columnsConfig>;

export const feedbackConfig = z
  .enum(["explicit", "implicit"])
  .describe("explicit: rows carry labels 0 and 1; implicit: positives only, negatives are sampled");

export const duplicatesConfig = z
  .enum(["keep", "first", "last"])
  .describe(
    "which row of a repeated (user, item) pair stays, in time order; default: first for implicit, keep for explicit feedback",
  );

export const vocabularyConfig = z.strictObject({
  minCount: z
    .number()
    .int()
    .positive()
    .default(1)
    .describe("values seen in fewer training rows share the out-of-vocabulary row"),
});

const fraction = z.number().gt(0).lt(1);

/** How rows become training, validation and test rows. */
export const splitConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("leave-one-out"),
    minimumRows: z
      .number()
      .int()
      .min(3)
      .default(3)
      .describe(
        "users with at least this many rows give their last to test and the one before to validation; the others only train",
      ),
  }),
  z.strictObject({
    kind: z.literal("time"),
    valid: fraction
      .default(0.1)
      .describe("share of rows between the two cuts, latest but for test"),
    test: fraction
      .default(0.1)
      .describe("share of rows after the last cut; rows of one instant are never parted"),
  }),
  z.strictObject({
    kind: z.literal("random"),
    valid: fraction.default(0.1),
    test: fraction.default(0.1),
  }),
]);

export type SplitConfig = z.infer<typeof splitConfig>;

const excluded = z
  .enum(["train", "all"])
  .describe(
    "train: only the user's training items are never drawn; all: the held-out ones neither (a mild leak, as published protocols do)",
  );

/** Sampled negatives, for implicit feedback. */
export const negativesConfig = z.strictObject({
  training: z
    .strictObject({
      ratio: z
        .number()
        .int()
        .positive()
        .default(4)
        .describe("negatives per positive, fresh each epoch, uniform over the market's items"),
      exclude: excluded.default("train"),
    })
    .prefault({}),
  evaluation: z
    .strictObject({
      count: z
        .number()
        .int()
        .positive()
        .default(99)
        .describe(
          "candidates beside the positive, uniform over the market's items minus all of the user's, drawn once per seed",
        ),
    })
    .prefault({}),
});

export type NegativesConfig = z.infer<typeof negativesConfig>;
