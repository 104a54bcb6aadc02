import { z } from "zod";
import { lightGcnConfig, mfBprConfig, svdConfig } from "../../models/collaborative/index.ts";

const positive = z.number().int().positive();

/** Phase 1: vectors of each market's users and items. */
export const collaborativeConfig = z.strictObject({
  model: z
    .discriminatedUnion("kind", [lightGcnConfig, mfBprConfig, svdConfig])
    .prefault({
      kind: "lightgcn",
      layers: 2,
      epochs: 100,
      learningRate: 0.03,
      decay: 0.007,
      batchSize: 8192,
    })
    .describe("what learns the vectors, on training positives alone"),
  rounds: positive
    .default(50)
    .describe(
      "stretches that the passes are cut into: after each a market validates, and coupled ones meet",
    ),
  patience: positive
    .default(12)
    .describe("rounds without a better validation value before a market stops"),
  from: z
    .string()
    .optional()
    .describe(
      "an earlier fedmm method of this experiment whose vectors are taken as they are; the rest of this block must be the same there",
    ),
});

/** What makes equal codes mean equal things in two markets. */
export const alignmentConfig = z.strictObject({
  initialisation: z
    .enum(["common", "own"])
    .default("common")
    .describe("whether all markets' encoders and decoders start from the same numbers"),
  share: z
    .enum(["codebook", "codebook+network"])
    .default("codebook")
    .describe("what of the quantiser is federated: level-1 rows alone, or encoder and decoder too"),
  distribution: z
    .enum(["none", "principal-axes"])
    .default("none")
    .describe(
      "principal-axes: vectors are turned into their principal axes, each with positive skewness, so that spaces that differ by a rotation agree; nothing is sent for it",
    ),
  text: z
    .strictObject({
      feature: z.string().describe("an item feature with words, such as a bag of title words"),
      width: positive.default(64).describe("length of the hashed text vector"),
      weight: z
        .number()
        .positive()
        .default(1)
        .describe("its norm beside that of the collaborative vector"),
    })
    .optional()
    .describe("public item text beside the collaborative vector of each item"),
  anchors: z
    .boolean()
    .default(false)
    .describe(
      "couples collaborative training: vectors of items that several markets hold are averaged in each round. Sends vectors of shared items; which ones are shared is found by private set intersection. Needs item in data.common",
    ),
});

/** Noise on the sums that a market releases. */
export const codebookPrivacyConfig = z.strictObject({
  clipNorm: z
    .number()
    .positive()
    .describe("largest norm of an encoded vector; longer ones are scaled down to it"),
  noiseMultiplier: z
    .number()
    .positive()
    .describe("standard deviation of the noise over the sensitivity, for sums and for counts"),
  delta: z.number().positive().lt(1).default(1e-5).describe("at which epsilon is told"),
});

/** Phase 2: the federated residual quantiser, one for each entity. */
export const codebooksConfig = z.strictObject({
  entities: z
    .array(z.enum(["item", "user"]))
    .min(1)
    .default(["item"])
    .describe("what gets codes, each with codebooks of its own"),
  levels: z
    .array(z.enum(["global", "local"]))
    .min(1)
    .default(["global", "local"])
    .describe(
      "whose codebook each level of the residual quantiser has: the federation's or the market's",
    ),
  codes: z.number().int().min(2).default(256).describe("rows of a global codebook"),
  localCodes: z
    .number()
    .int()
    .min(2)
    .default(256)
    .describe("rows of a local codebook; a quarter of the market's entities where that is fewer"),
  width: positive.default(32).describe("length of a code's vector"),
  hidden: z.array(positive).default([64]).describe("hidden layers of the encoder"),
  commitment: z.number().nonnegative().default(0.25).describe("beta of the quantisation loss"),
  quantisationWeight: z
    .number()
    .nonnegative()
    .default(1)
    .describe("weight of the quantisation loss beside the reconstruction loss"),
  rounds: positive.default(30).describe("exchanges of the global codebook"),
  localEpochs: positive.default(2).describe("passes over a market's entities per round"),
  finalEpochs: z
    .number()
    .int()
    .nonnegative()
    .default(5)
    .describe("passes in which a market fits its own parts to the final global codebook"),
  batchSize: positive.default(1024).describe("vectors of a step"),
  learningRate: z.number().positive().default(0.003).describe("step size of AdamW"),
  aggregation: z
    .enum(["usage", "samples", "sums"])
    .default("usage")
    .describe(
      "how the server joins global rows: by each code's uses, by the markets' sizes, or from sums of encoded vectors (the one for secure aggregation and noise)",
    ),
  clientWeight: z
    .enum(["samples", "sqrt", "uniform"])
    .default("sqrt")
    .describe("what a market counts by its number of entities"),
  decay: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe("what a round of sums keeps of the moving averages"),
  restartEvery: z
    .number()
    .int()
    .nonnegative()
    .default(10)
    .describe(
      "rounds after which the server moves rows that no market used next to the most used one; 0: never",
    ),
  minimumCount: z
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe("codes with fewer entities in a market are left out of what it sends"),
  privacy: codebookPrivacyConfig
    .optional()
    .describe("differential privacy of the sums; needs aggregation: sums"),
});

/** Phase 3: how codes and vectors reach the click model. */
export const channelsConfig = z.strictObject({
  codes: z
    .boolean()
    .default(true)
    .describe("codes as categorical features: one per entity and level"),
  tables: z
    .enum(["random", "codebook"])
    .default("random")
    .describe(
      "where the embeddings of codes start: drawn, or their codebook rows through one common linear map",
    ),
  embeddings: z
    .enum(["local", "mean", "usage"])
    .default("usage")
    .describe(
      "whether embeddings of global codes, where there are any, are federated: averaged by markets' rows, or by each code's training rows (as PFCR does)",
    ),
  head: z
    .enum(["none", "local", "federated"])
    .default("federated")
    .describe(
      "a head that global codes condition, where there are any: it scales and shifts the log-odds by code and adds a product of user and item codes",
    ),
  dense: z
    .enum(["local", "federated"])
    .default("local")
    .describe("whether dense parameters and federation.shared tables are averaged as well"),
  scores: z
    .union([
      z.literal("none"),
      z.strictObject({
        folds: z
          .number()
          .int()
          .min(1)
          .max(100)
          .describe(
            "models that score; a training row is scored by the one that did not see it. 1: by one that did, for comparison",
          ),
        heldOut: z
          .enum(["full", "mean"])
          .default("full")
          .describe(
            "what scores rows that no model saw: the one of all training positives, or the mean of those without a fold",
          ),
      }),
    ])
    .default({ folds: 3, heldOut: "full" })
    .describe("the collaborative score of a row's user and item as a numeric feature"),
});

/** See docs/reference/fedmm.md. */
export const fedmmConfig = z.strictObject({
  kind: z.literal("fedmm"),
  collaborative: collaborativeConfig
    .prefault({})
    .describe("the collaborative model, whose vectors are quantised"),
  alignment: alignmentConfig.prefault({}).describe("how the markets' vectors come into one space"),
  codebooks: codebooksConfig
    .prefault({})
    .describe("codes of items and users, and what of them is federated"),
  channels: channelsConfig.prefault({}).describe("how codes and scores reach the click model"),
  score: z
    .enum(["model", "collaborative"])
    .default("model")
    .describe(
      "what is measured: the click model, or the collaborative vectors alone, to see what they are worth",
    ),
});

/** What the stages read; `kind` is that of the method that has them. */
export type FedMmConfig = Omit<z.infer<typeof fedmmConfig>, "kind"> & { readonly kind: string };
export type CodebooksConfig = z.infer<typeof codebooksConfig>;
export type AlignmentConfig = z.infer<typeof alignmentConfig>;
export type ChannelsConfig = z.infer<typeof channelsConfig>;
export type CollaborativeConfig = z.infer<typeof collaborativeConfig>;
