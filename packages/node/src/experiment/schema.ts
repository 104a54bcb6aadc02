import { z } from "zod";
import { augmentationConfig } from "@atoll/core/augmentation";
import {
  columnsConfig,
  crossDomainConfig,
  duplicatesConfig,
  feedbackConfig,
  negativesConfig,
  scenariosConfig,
  splitConfig,
  syntheticConfig,
  vocabularyConfig,
} from "@atoll/core/data";
import type { Extension } from "@atoll/core/extensions";
import { federationConfig } from "@atoll/core/federation";
import { methodConfigWith } from "@atoll/core/methods";
import { evaluationConfig } from "@atoll/core/metrics";
import { modelConfigWith } from "@atoll/core/models";
import { privacyConfig } from "@atoll/core/privacy";
import { trainingConfig } from "@atoll/core/training";
import { engineConfig } from "../executor/index.ts";
import { sourceConfig } from "../sources/index.ts";
import { namesOfCommon, namesOfShared } from "./lists.ts";

/** Roles that a client may give anew; what it does not name stays as data.columns says. */
const ownColumns = columnsConfig.partial().extend({
  categorical: columnsConfig.shape.categorical
    .unwrap()
    .optional()
    .describe("instead of those of data.columns"),
  numeric: columnsConfig.shape.numeric
    .unwrap()
    .optional()
    .describe("instead of those of data.columns"),
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
  vocabulary: vocabularyConfig.prefault({}).describe("which values have a row of their own"),
  common: z
    .union([z.literal("all"), z.array(z.string())])
    .default([])
    .describe(
      "features whose values mean the same in every client, such as a product id used by all, or all categorical features: the centralised reference pools them, and federation.shared may name them",
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

const federation = federationConfig.extend({
  shared: z
    .union([z.literal("all"), federationConfig.shape.shared.unwrap()])
    .default([])
    .describe(
      `${federationConfig.shape.shared.description}; all: every common feature that has a table of its own`,
    ),
});

/** An experiment as it is written, where extensions add to what it may name. */
function writtenWith(extensions: readonly Extension[]) {
  const added = {
    methods: Object.assign({}, ...extensions.map(({ methods }) => methods)) as Extension["methods"],
    models: Object.assign({}, ...extensions.map(({ models }) => models)) as Extension["models"],
  };
  return z.strictObject({
    name: z.string().min(1).default("experiment").describe("names the run folder and the report"),
    description: z.string().optional().describe("one or two sentences for the report"),
    extensions: z
      .array(z.string().min(1))
      .optional()
      .describe(
        "modules with methods, models and metrics of one's own: paths relative to the experiment file that begin with ./, or names of packages; their code runs on this machine",
      ),
    data: z
      .discriminatedUnion("kind", [
        filesConfig,
        syntheticConfig,
        scenariosConfig,
        crossDomainConfig,
      ])
      .describe("whose rows"),
    split: splitConfig.describe("how rows become training, validation and test rows"),
    negatives: negativesConfig.optional().describe("sampled negatives; for implicit feedback only"),
    model: modelConfigWith(added.models)
      .prefault({ kind: "deepfm" })
      .describe("the model that every method trains"),
    methods: z.array(methodConfigWith(added)).min(1).describe("what is compared"),
    federation: federation.prefault({}).describe("rounds, and what clients share in them"),
    training: trainingConfig.prefault({}).describe("how a model learns from its rows"),
    privacy: privacyConfig
      .prefault({ kind: "none" })
      .describe("what every method promises about the rows it learns from"),
    augmentation: augmentationConfig
      .prefault({ kind: "none" })
      .describe("what methods that know augmentation make up beside what users did"),
    evaluation: evaluationConfig.prefault({}).describe("what is measured, and on which rows"),
    engine: engineConfig
      .prefault({})
      .describe("which processors compute, with how many threads for a client"),
    seeds: z
      .array(z.number().int().nonnegative())
      .min(1)
      .default([1])
      .describe(
        "each seed draws splits, candidates, models and batches anew; intervals cover users and seeds",
      ),
  });
}

/** A whole experiment: one YAML file. Whatever it calls `all` is a list of names once it is read. */
export function experimentSchemaWith(extensions: readonly Extension[]) {
  return writtenWith(extensions)
    .superRefine((experiment, context) => {
      if (experiment.federation.shared === "all" && namesOfShared(experiment).length === 0)
        context.addIssue({
          code: "custom",
          path: ["federation", "shared"],
          message:
            "no categorical feature is said to mean the same in every client; list those that do in data.common, or share none",
        });
    })
    .transform((experiment) => {
      const { data } = experiment;
      return {
        ...experiment,
        data: data.kind === "files" ? { ...data, common: namesOfCommon({ data }) } : data,
        federation: { ...experiment.federation, shared: namesOfShared(experiment) },
      };
    });
}

/** The same of what the library alone has. */
export const experimentSchema = experimentSchemaWith([]);

export type Experiment = z.infer<typeof experimentSchema>;

/** The schema for editors, of what a file may say (before defaults). */
export function experimentJsonSchema(
  extensions: readonly Extension[] = [],
): Record<string, unknown> {
  return z.toJSONSchema(experimentSchemaWith(extensions), { io: "input", reused: "ref" });
}
