import { z } from "zod";

const owner = z
  .enum(["user", "item", "context"])
  .default("context")
  .describe(
    "whose property it is: a sampled negative takes its item features from the sampled item",
  );

const column = z.string().min(1).describe("the column's name in the file");
const name = z.string().min(1).optional().describe("the feature's name; default: the column's");
const separator = z
  .string()
  .min(1)
  .default("|")
  .describe("what stands between values; brackets around a list are left out");
const length = z.number().int().positive();

const vocabulary = {
  minCount: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("values seen in fewer training rows share the out-of-vocabulary row"),
  hash: z
    .number()
    .int()
    .positive()
    .optional()
    .describe(
      "rows of a table without a vocabulary: values are hashed to them, and may meet in one",
    ),
};

export const categoricalFeature = z.union([
  z.string().min(1),
  z.strictObject({ column, of: owner, name, ...vocabulary }),
]);

export const numericFeature = z.union([
  z.string().min(1),
  z.strictObject({
    column,
    of: owner,
    name,
    scale: z
      .enum(["standardise", "none", "log", "quantiles"])
      .optional()
      .describe(
        "standardise, the default: by mean and deviation of training rows; none: as it is; log: sign(x) log(1 + |x|), then standardised; quantiles: a categorical feature of buckets with equally many training rows",
      ),
    buckets: z.number().int().min(2).optional().describe("for quantiles; default: 10"),
  }),
]);

export const bagFeature = z.strictObject({
  column,
  of: owner,
  name,
  separator,
  length: length.default(10).describe("members that are kept, the first ones"),
  pooling: z.enum(["mean", "sum"]).default("mean").describe("how models pool the vectors"),
  ...vocabulary,
});

export const sequenceFeature = z.strictObject({
  column,
  of: owner,
  name,
  separator,
  length: length.default(50).describe("values that are kept"),
  keep: z.enum(["last", "first"]).default("last").describe("which values of a longer sequence"),
  padding: z.enum(["start", "end"]).default("start").describe("which side of a shorter sequence"),
  like: z
    .string()
    .min(1)
    .optional()
    .describe("the feature whose values these are, such as item: both read the same rows"),
  ...vocabulary,
});

export const crossFeature = z.strictObject({
  columns: z.array(z.string().min(1)).min(2).describe("text columns whose values count together"),
  of: owner,
  name: z.string().min(1).optional().describe("default: the columns' names joined by x"),
  ...vocabulary,
});

export const TIME_PARTS = ["hour", "weekday", "weekend", "month"] as const;

export type TimePart = (typeof TIME_PARTS)[number];

export const timestampFeature = z.strictObject({
  column: z.string().min(1).describe("a column with dates, timestamps, or seconds since 1970"),
  of: owner,
  parts: z
    .array(z.enum(TIME_PARTS))
    .min(1)
    .default(["hour", "weekday"])
    .describe("categorical features <column>_<part>, in UTC"),
});

export const vectorFeature = z.strictObject({
  column: z.string().min(1).describe("a column with as many numbers in every row"),
  of: owner,
  name,
  size: length.describe("numbers of a vector; they enter as they are, a missing vector as zeros"),
  separator: z.string().min(1).default(",").describe("what stands between numbers"),
});

export const codeFeature = z.strictObject({
  column: z.string().min(1).describe("a column with tuples of codes, such as 12-7-201"),
  of: owner,
  name,
  levels: length.describe("codes of a tuple: categorical features <name>/0, <name>/1, ..."),
  separator: z.string().min(1).default("-").describe("what stands between codes"),
});

export const historyFeature = z
  .strictObject({
    length: length.default(50).describe("the most recent items that are kept"),
  })
  .describe(
    "the sequence feature `history`: items of the user's earlier positive rows; of training rows, for test rows also of validation rows, never of later ones",
  );
