import { z } from "zod";
import type { Encoder } from "./encoder.ts";
import type { FeatureSchema } from "./schema.ts";

const count = z.number().int().nonnegative();
const owner = z.enum(["user", "item", "context"]);

/** A feature schema as it is kept beside a model. */
export const featureSchema: z.ZodType<FeatureSchema> = z.strictObject({
  categorical: z
    .array(
      z.strictObject({
        name: z.string().describe("of the feature"),
        of: owner.describe("whose property it is"),
        numRows: count.describe("rows of its table"),
        length: count.optional().describe("values per row; default: 1"),
        vocabulary: z.string().optional().describe("whose table rows it reads; default: its own"),
        pooling: z.enum(["mean", "sum"]).optional().describe("how models pool its values"),
      }),
    )
    .describe("in the order of table rows in a batch"),
  numeric: z
    .array(
      z.strictObject({
        name: z.string().describe("of the feature"),
        of: z.enum(["user", "item", "context", "pair"]).describe("whose property it is"),
      }),
    )
    .describe("in the order of numbers in a batch"),
  tasks: z.array(z.string()).optional().describe("the labels; default: the one called label"),
});

const vocabularyRule = {
  minCount: count.optional().describe("rows that hold a value at least"),
  hash: count.optional().describe("rows of a table without a vocabulary"),
};

const categoricalRule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("value"), ...vocabularyRule }),
  z.strictObject({ kind: z.literal("quantiles"), buckets: count.describe("asked for") }),
  z.strictObject({
    kind: z.literal("list"),
    separator: z.string().describe("between values"),
    length: count.describe("values that are kept"),
    keep: z.enum(["last", "first"]).describe("which values of more"),
    padding: z.enum(["start", "end"]).describe("where fewer are filled up"),
    pooling: z.enum(["mean", "sum"]).optional().describe("how models pool its values"),
    like: z.string().optional().describe("the feature whose table it reads"),
    ...vocabularyRule,
  }),
]);

/** An encoder as it is kept beside a model. */
export const encoderSchema: z.ZodType<Encoder> = z.strictObject({
  version: z.literal(1).describe("of this format"),
  schema: featureSchema.describe("of the declared features"),
  categorical: z
    .array(
      z.strictObject({
        name: z.string().describe("of the feature"),
        rule: categoricalRule.describe("how a value becomes a table row"),
        edges: z.array(z.number()).optional().describe("between quantiles, ascending"),
      }),
    )
    .describe("in schema order, without a history"),
  numeric: z
    .array(
      z.strictObject({
        name: z.string().describe("of the feature"),
        rule: z
          .strictObject({ kind: z.enum(["standardise", "none", "log"]).describe("which one") })
          .describe("how a number is scaled"),
        scale: z
          .strictObject({
            mean: z.number().describe("of training rows"),
            deviation: z.number().describe("of training rows; 0: all alike"),
          })
          .describe("what scaling knows of training rows"),
      }),
    )
    .describe("in schema order, without pairs"),
  vocabularies: z
    .record(z.string(), z.array(z.string()))
    .describe("by feature: values in the order of their table rows"),
  apart: z.array(z.string()).describe("features whose values are kept apart by client"),
});
