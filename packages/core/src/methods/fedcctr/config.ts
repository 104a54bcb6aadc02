import { z } from "zod";
import { augmentationConfig, type AugmentationSettings } from "../../augmentation/index.ts";

const count = z.number().int().positive();
const share = z.number().min(0).lt(1);
const weight = z.number().nonnegative();

/** Encoders and heads of IDST-CL. */
export const crossDomainModel = {
  encoders: z
    .enum(["triple", "merged", "domains"])
    .default("triple")
    .describe(
      "triple: a transformer for each domain and one for the merged sequence; merged, domains: only one kind",
    ),
  width: count.default(64).describe("entries of item vectors and states"),
  blocks: count.default(1).describe("transformer blocks of each encoder"),
  heads: count.default(2).describe("attention heads; they divide the width"),
  dropout: share.default(0.5).describe("share of entries that training sets to 0"),
  length: count.default(30).describe("events of the merged sequence"),
  domainLength: count.default(20).describe("events of a domain's own sequence"),
  head: z
    .enum(["product", "mlp"])
    .default("product")
    .describe(
      "product: a domain's layers on the states make a query, whose product with an item's vector is the logit; mlp: layers on states, item and their product, one candidate at a time",
    ),
  idra: z
    .strictObject({
      weight: weight.default(0.3).describe("lambda1; 0 leaves it out"),
      margin: z
        .number()
        .default(0.5)
        .describe(
          "by which its cosine to the original should exceed that to the same events in another order",
        ),
    })
    .prefault({})
    .describe("the augmented sequence stays near the original, by a margin"),
  cdrd: z
    .strictObject({
      weight: weight.default(0.5).describe("lambda2; 0 leaves it out"),
      temperature: z.number().positive().default(0.2).describe("of the softmax over likenesses"),
    })
    .prefault({})
    .describe("pulls the merged state to the domains' and pushes these apart"),
  loss: z
    .strictObject({
      kind: z
        .enum(["sampled-softmax", "bce"])
        .default("sampled-softmax")
        .describe(
          "sampled-softmax: the next item among those drawn; bce: it and each of them by itself",
        ),
      negatives: count.default(100).describe("of each domain and user, drawn anew each time"),
    })
    .prefault({})
    .describe("what is lost where the next item is not found"),
};

/** What stands for an item. */
export const itemVectors = z
  .strictObject({
    vectors: z
      .enum(["learned", "public", "public-and-learned"])
      .default("learned")
      .describe(
        "learned: a table; public: vectors of the public text through a learned projection; public-and-learned: their sum",
      ),
    dimensions: count.default(192).describe("of the public vectors"),
    order: z
      .number()
      .int()
      .nonnegative()
      .default(0)
      .describe(
        "harmonics of an item's place among the sorted ids of its domain, as public features; ids may tell more than they should",
      ),
    codes: z
      .strictObject({
        levels: count.default(3).describe("codes of an item"),
        size: count.default(256).describe("codes of a level"),
      })
      .prefault({})
      .describe("semantic codes of the public vectors, for federate: encoders-and-codes"),
  })
  .prefault({})
  .describe("what stands for an item");

/** What a request knows of candidates beside the model. */
export const requestKnowledge = z
  .strictObject({
    recency: weight
      .default(0)
      .describe("weight of the log of windowed popularity before the request; 0: time-blind"),
    text: weight
      .default(0)
      .describe("weight of the similarity of public texts to those of the history; 0: none"),
    windowsDays: z
      .array(z.number().positive())
      .min(1)
      .default([7, 30, 90])
      .describe("days before the request in which choices of an item are counted"),
    windowWeights: z
      .array(z.number().positive())
      .min(1)
      .default([1, 1, 1])
      .describe("what the counts of each window weigh"),
    decay: z.number().gt(0).max(1).default(0.8).describe("of older texts in the history, by event"),
    training: z
      .enum(["fixed", "learned", "off"])
      .default("off")
      .describe(
        "off: added to the logits when scoring only; fixed: while training too; learned: the same, and the weights are trained from there",
      ),
  })
  .prefault({})
  .describe("what a request knows of candidates beside the model");

/** What the centralised and the federated form have in common. */
export const crossDomainFields = {
  ...crossDomainModel,
  items: itemVectors,
  request: requestKnowledge,
  augmentation: augmentationConfig
    .optional()
    .describe("another augmentation than the experiment's"),
  chunk: count.default(64).describe("users that go through one program together"),
  validateEvery: count.default(1).describe("rounds, or passes, from validation to validation"),
};

/** How the server moves the model by the mean of the updates. */
export const serverOptimiser = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("fedadam"),
      learningRate: z.number().positive().default(0.005).describe("length of the server's step"),
      beta1: share.default(0.9).describe("memory of the mean update"),
      beta2: share.default(0.99).describe("memory of its square"),
      warmup: z.number().int().nonnegative().default(10).describe("rounds to the full rate"),
      decay: z
        .enum(["cosine", "none"])
        .default("cosine")
        .describe("cosine: the rate falls along half a cosine over all rounds"),
    }),
    z.strictObject({
      kind: z.literal("sgd"),
      learningRate: z.number().positive().default(0.3).describe("length of the server's step"),
      momentum: share.default(0.9).describe("share of the last step that is made again"),
      warmup: z
        .number()
        .int()
        .nonnegative()
        .default(0)
        .describe("rounds over which the rate rises to its full"),
      decay: z
        .enum(["cosine", "none"])
        .default("none")
        .describe("cosine: the rate falls along half a cosine over all rounds"),
    }),
  ])
  .optional()
  .describe(
    "default: fedadam without noise, sgd with momentum under it; where clients make steps at home, the mean of what they changed",
  );

export const histogramConfig = z.strictObject({
  noiseMultiplier: z
    .number()
    .positive()
    .describe("of the one release that popularity comes from; charged to the same account"),
  events: count.default(10).describe("latest training events of a user that count at most"),
  bound: z
    .number()
    .positive()
    .optional()
    .describe(
      "longest Euclidean norm of all that a client adds to the cells; default: that of one event",
    ),
  levels: z.array(count).min(1).default([64, 16, 4, 1]).describe("items of a cell, coarse to fine"),
  days: z.array(z.number().positive()).min(1).default([15, 15, 15, 15]).describe("days of a cell"),
});

export const fedcctrConfig = z.strictObject({
  kind: z.literal("fedcctr"),
  ...crossDomainFields,
  clients: z
    .union([
      z.enum(["user", "silo"]),
      z.strictObject({ cohort: count.describe("users packed into one client") }),
    ])
    .default("user")
    .describe("who a client is, and so whom a promise of privacy protects"),
  usersPerStep: z
    .union([count, z.literal("all")])
    .optional()
    .describe(
      "of silos and cohorts: users of one step of training.optimiser at home, federation.localEpochs passes of which make the update; all: one gradient of all of a client's users. Default: 128 for silos, all for cohorts",
    ),
  sampling: z
    .number()
    .gt(0)
    .max(1)
    .default(0.05)
    .describe("rho: each client takes part in a round by itself with this probability"),
  federate: z
    .enum(["all", "encoders", "encoders-and-codes"])
    .default("all")
    .describe("what travels: everything; only encoders, heads and projections; these and codes"),
  upload: z
    .enum(["dense", "sparse"])
    .default("dense")
    .describe(
      "sparse: only rows of item tables that a client's history touches go up, which tells its history; dense: all rows",
    ),
  server: serverOptimiser,
  histogram: histogramConfig
    .optional()
    .describe("popularity from a noisy histogram; default: exact counts, which promise nothing"),
  shards: count
    .default(1)
    .describe(
      "parties that simulate the users, each on a thread; part of the numbers, as sums are",
    ),
});

export type FedcctrConfig = z.infer<typeof fedcctrConfig>;

/** Users of one step that a client makes at home; undefined where it answers with one gradient. */
export function stepAtHome({
  clients,
  usersPerStep,
}: Pick<FedcctrConfig, "clients" | "usersPerStep">): number | undefined {
  if (usersPerStep === "all") return undefined;
  return usersPerStep ?? (clients === "silo" ? 128 : undefined);
}

/** A method's settings with the augmentation that holds. */
export type Augmented<Config> = Omit<Config, "augmentation"> & {
  readonly augmentation: AugmentationSettings;
};

/** The entry's own augmentation, else the experiment's. */
export function withAugmentation<
  Config extends { readonly augmentation?: AugmentationSettings | undefined },
>(
  entry: Config,
  { augmentation }: { readonly augmentation: AugmentationSettings },
): Augmented<Config> {
  return { ...entry, augmentation: entry.augmentation ?? augmentation };
}

export type FedcctrSettings = Augmented<FedcctrConfig>;

/** One model on everybody's rows, trained as usual: what federating costs is told against it. */
export const centralisedFedcctrConfig = z.strictObject({
  kind: z.literal("centralised-fedcctr"),
  ...crossDomainFields,
  usersPerStep: count.default(128).describe("users whose gradients make one step"),
});

export type CentralisedFedcctrConfig = z.infer<typeof centralisedFedcctrConfig>;

/** The settings that both forms read, with the augmentation that holds. */
export type CrossDomainSettings = Augmented<
  Omit<CentralisedFedcctrConfig, "kind" | "usersPerStep">
>;
