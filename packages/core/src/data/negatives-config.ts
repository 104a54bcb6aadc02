import { z } from "zod";

/** Counts to the power 3/4: the negatives of word2vec (Mikolov et al., NeurIPS 2013). */
const TRAINING_ALPHA = 0.75;
/** Counts themselves: the popular candidates that BERT4Rec's evaluation ranks (Sun et al., CIKM 2019). */
const EVALUATION_ALPHA = 1;
const SEPARATOR = " ";

const alpha = (standard: number) =>
  z
    .number()
    .min(0)
    .max(2)
    .default(standard)
    .describe("an item's chance grows with its training rows to this power; 0 is uniform");

const trainingSampler = z.union([
  z.enum(["uniform", "popularity", "in-batch", "given"]),
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("uniform") }),
    z.strictObject({ kind: z.literal("popularity"), alpha: alpha(TRAINING_ALPHA) }),
    z.strictObject({ kind: z.literal("in-batch") }),
    z.strictObject({
      kind: z.literal("given"),
      column: z
        .string()
        .min(1)
        .optional()
        .describe(
          "column with the item ids that were shown and not chosen, joined by the separator; absent: the rows below the label's threshold are their user's negatives",
        ),
      separator: z.string().min(1).default(SEPARATOR).describe("what stands between two item ids"),
    }),
  ]),
]);

const evaluationSampler = z.union([
  z.enum(["uniform", "popularity"]),
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("uniform") }),
    z.strictObject({ kind: z.literal("popularity"), alpha: alpha(EVALUATION_ALPHA) }),
  ]),
]);

/** Sampled negatives, for implicit feedback. */
export const negativesConfig = z.strictObject({
  training: z
    .strictObject({
      ratio: z
        .number()
        .int()
        .positive()
        .default(4)
        .describe("negatives per positive, fresh each epoch, from the market's own items"),
      sampler: trainingSampler
        .default("uniform")
        .describe(
          "uniform; popularity: by training rows to the power alpha; in-batch: as items of other positives come, so by training rows; given: what the data name",
        ),
      exclude: z
        .enum(["train", "all"])
        .default("train")
        .describe(
          "train: only the user's training items are never drawn; all: the held-out ones neither (a mild leak, as published protocols do)",
        ),
    })
    .prefault({})
    .describe("what training draws beside positives"),
  evaluation: z
    .strictObject({
      count: z
        .union([z.number().int().positive(), z.literal("all")])
        .default(99)
        .describe(
          "candidates beside the positive, from the market's items, drawn once per seed; all: every item that is not excluded (full ranking)",
        ),
      sampler: evaluationSampler
        .default("uniform")
        .describe("uniform; popularity: by training rows to the power alpha"),
      exclude: z
        .enum(["all", "train", "none"])
        .default("all")
        .describe(
          "items that are no candidates: all that the user ever had; those of training; none but the list's own positive",
        ),
      distinct: z
        .boolean()
        .default(true)
        .describe("false: draw with replacement, as some published protocols do"),
    })
    .prefault({})
    .describe("what a held-out positive is ranked among")
    .refine(({ count, sampler }) => count !== "all" || nameOf(sampler) === "uniform", {
      message: "count all ranks every item, so nothing is drawn; remove sampler",
      path: ["sampler"],
    })
    .refine(({ count, distinct }) => count !== "all" || distinct, {
      message: "count all ranks every item once; remove distinct",
      path: ["distinct"],
    }),
});

export type NegativesConfig = z.infer<typeof negativesConfig>;

/** Negatives as written: what has a default may be left out. */
export type NegativesInput = z.input<typeof negativesConfig>;

export type Sampler<T> = Exclude<T, string>;
export type TrainingSampler = Sampler<z.infer<typeof trainingSampler>>;
export type EvaluationSampler = Sampler<z.infer<typeof evaluationSampler>>;

function nameOf(sampler: string | { readonly kind: string }): string {
  return typeof sampler === "string" ? sampler : sampler.kind;
}

/** How training draws, every default filled in: a bare name stands for its defaults. */
export function trainingSamplerOf({ training: { sampler } }: NegativesConfig): TrainingSampler {
  if (typeof sampler !== "string") return sampler;
  switch (sampler) {
    case "uniform":
    case "in-batch":
      return { kind: sampler };
    case "popularity":
      return { kind: sampler, alpha: TRAINING_ALPHA };
    case "given":
      return { kind: sampler, separator: SEPARATOR };
  }
}

/** How evaluation draws, every default filled in. */
export function evaluationSamplerOf({
  evaluation: { sampler },
}: NegativesConfig): EvaluationSampler {
  if (typeof sampler !== "string") return sampler;
  switch (sampler) {
    case "uniform":
      return { kind: sampler };
    case "popularity":
      return { kind: sampler, alpha: EVALUATION_ALPHA };
  }
}
