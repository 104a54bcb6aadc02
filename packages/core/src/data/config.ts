import { z } from "zod";
import {
  bagFeature,
  categoricalFeature,
  codeFeature,
  crossFeature,
  historyFeature,
  numericFeature,
  sequenceFeature,
  timestampFeature,
  vectorFeature,
} from "./features/config.ts";

export { negativesConfig, type NegativesConfig, type NegativesInput } from "./negatives-config.ts";
export { splitConfig, type SplitConfig, type SplitInput } from "./split/config.ts";

const label = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1).describe("column with a number"),
    atLeast: z.number().describe("rows with at least this value are positive"),
  }),
]);

/** What the columns of a client's file mean. */
export const columnsConfig = z.strictObject({
  user: z.string().min(1).optional().describe("column with the user id"),
  userHash: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("rows of the users' table, without a vocabulary: ids are hashed to them"),
  item: z.string().min(1).optional().describe("column with the item id"),
  time: z
    .string()
    .min(1)
    .optional()
    .describe("column with a date, a timestamp or a number that grows with time"),
  timeUnit: z
    .enum(["days", "seconds", "milliseconds"])
    .optional()
    .describe(
      "what one is in the column time, for methods that count days; default: seconds, as which dates and timestamps are read",
    ),
  text: z
    .string()
    .min(1)
    .optional()
    .describe(
      "column with the item's public text, such as a title; may be empty. No feature: methods that read it say so",
    ),
  label: label
    .optional()
    .describe("column with 0 or 1, or a threshold on a number; absent: every row is a positive"),
  labels: z
    .record(z.string().min(1), label.nullable())
    .optional()
    .describe(
      "several labels, by task: the first decides where one must and is known in every row; a later one may be missing in rows, in a client whose file has no such column, or in one whose own roles say null",
    ),
  weight: z
    .string()
    .min(1)
    .optional()
    .describe(
      "column with what a row counts in training, 0 or more; metrics, and models that learn from whole sequences, count all rows alike",
    ),
  categorical: z.array(categoricalFeature).default([]).describe("further categorical columns"),
  numeric: z
    .array(numericFeature)
    .default([])
    .describe("numeric columns, standardised on training rows; missing becomes the mean"),
  bags: z.array(bagFeature).optional().describe("text columns with several values, without order"),
  sequences: z.array(sequenceFeature).optional().describe("text columns with values in order"),
  crosses: z.array(crossFeature).optional().describe("features of two or more columns together"),
  timestamps: z.array(timestampFeature).optional().describe("hour, weekday ... of a time column"),
  vectors: z.array(vectorFeature).optional().describe("pre-trained vectors"),
  codes: z.array(codeFeature).optional().describe("tuples of semantic codes"),
  history: historyFeature.optional(),
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
