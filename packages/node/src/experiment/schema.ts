import { z } from "zod";
import {
  columnsConfig,
  duplicatesConfig,
  feedbackConfig,
  negativesConfig,
  splitConfig,
  syntheticConfig,
  vocabularyConfig,
} from "@atoll/core/data";
import { federationConfig } from "@atoll/core/federation";
import { methodConfig } from "@atoll/core/methods";
import { evaluationConfig } from "@atoll/core/metrics";
import { modelConfig } from "@atoll/core/models";
import { trainingConfig } from "@atoll/core/training";
import { engineConfig } from "../executor/index.ts";
import { sourceConfig } from "../sources/index.ts";

/** Roles that a client may give anew; what it does not name stays as data.columns says. */
const ownColumns = columnsConfig.partial().extend({
  categorical: columnsConfig.shape.categorical.unwrap().optional(),
  numeric: columnsConfig.shape.numeric.unwrap().optional(),
});

const filesConfig = z.strictObject({
  kind: z.literal("files"),
  directory: z
    .string()
    .default(".")
    .describe("where the files lie, relative to the experiment file"),
  columns: columnsConfig.describe("what the columns mean"),
  feedback: feedbackConfig,
  duplicates: duplicatesConfig.optional(),
  vocabulary: vocabularyConfig.prefault({}),
  common: z
    .array(z.string())
    .default([])
    .describe(
      "features whose values mean the same in every client, such as a product id used by all: the centralised reference pools them, and federation.shared may name them",
    ),
  storage: z
    .enum(["memory", "disk"])
    .default("memory")
    .describe(
      "disk: rows stay in the cache on disk and are read in blocks, for data larger than memory; labelled rows with split random, time, given or k-fold",
    ),
  clients: z
    .record(
      z.string().min(1),
      sourceConfig.extend({
        columns: ownColumns.optional().describe("roles that differ from data.columns"),
      }),
    )
    .describe("one entry per client: its name, and where its rows lie"),
});

/** A whole experiment: one YAML file. */
export const experimentSchema = z.strictObject({
  name: z.string().min(1).default("experiment").describe("names the run folder and the report"),
  description: z.string().optional().describe("one or two sentences for the report"),
  data: z.discriminatedUnion("kind", [filesConfig, syntheticConfig]).describe("whose rows"),
  split: splitConfig.describe("how rows become training, validation and test rows"),
  negatives: negativesConfig.optional().describe("sampled negatives; for implicit feedback only"),
  model: modelConfig.prefault({ kind: "deepfm" }).describe("the model that every method trains"),
  methods: z.array(methodConfig).min(1).describe("what is compared"),
  federation: federationConfig.prefault({}),
  training: trainingConfig.prefault({}),
  evaluation: evaluationConfig.prefault({}),
  engine: engineConfig.prefault({}),
  seeds: z
    .array(z.number().int().nonnegative())
    .min(1)
    .default([1])
    .describe(
      "each seed draws splits, candidates, models and batches anew; intervals cover users and seeds",
    ),
});

export type Experiment = z.infer<typeof experimentSchema>;

/** The schema for editors, of what a file may say (before defaults). */
export function experimentJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(experimentSchema, { io: "input", reused: "ref" });
}
