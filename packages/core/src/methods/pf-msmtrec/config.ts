import { z } from "zod";

const share = z.number().min(0).max(1);

export const templateConfig = z
  .strictObject({
    operator: z
      .enum(["sum", "product", "off"])
      .default("sum")
      .describe("how factors make an expert's weights; off: experts have no factors"),
    taskFactor: z
      .enum(["full", "row", "off"])
      .default("row")
      .describe(
        "the factor of each task, never sent: as large as the weights, a scale and a shift for each unit of an expert's last layer, or none",
      ),
  })
  .prefault({})
  .describe("the parameter template: global x task x scenario factors of every expert");

export const pfConfig = z.strictObject({
  kind: z.literal("pf-msmtrec"),
  template: templateConfig,
  federatedParts: z
    .array(z.enum(["global", "scenario"]))
    .min(1)
    .default(["global", "scenario"])
    .describe(
      "factors of experts that travel; without a template, experts are their scenario part",
    ),
  normalisation: z
    .enum(["local", "federated"])
    .default("local")
    .describe(
      "scale, shift and running statistics of normalisation layers; local: FedBN, they never travel; federated: joined as the layers they belong to",
    ),
  aggregation: z
    .enum(["cagrad", "pcgrad", "similarity", "mean"])
    .default("similarity")
    .describe(
      "scenario factors: similarity, the average of clients whose smoothed updates point a client's way; the others, its own update and a learned share of one common direction for all: conflict-averse, with projected conflicts, or the plain mean",
    ),
  caution: z
    .number()
    .min(0)
    .default(0.4)
    .describe("cagrad: how far, in lengths of the mean update, the common direction may leave it"),
  mixing: z
    .strictObject({
      initial: share.default(0.1).describe("share of the common direction at first"),
      learningRate: z
        .number()
        .min(0)
        .default(0.1)
        .describe("0: the share stays as it is; a movement along the direction adds so much to it"),
    })
    .prefault({})
    .describe(
      "how much of the common direction a client takes, learned for every expert and tower",
    ),
  similarity: z
    .strictObject({
      decay: share.default(0.9).describe("what a client's memory of its updates keeps each round"),
      power: z.number().positive().default(1).describe("sharpens similarities above 1"),
    })
    .prefault({})
    .describe("whose updates point a client's way"),
  evidence: z
    .strictObject({
      rows: z
        .number()
        .min(0)
        .default(1000)
        .describe(
          "experts: training rows that settle half of a client's update; 0: all is settled",
        ),
      positives: z
        .number()
        .min(0)
        .default(100)
        .describe("towers and gates of a task: the same in the task's positive rows"),
      uses: z
        .number()
        .min(0)
        .default(30)
        .describe(
          "embedding rows: training rows with a value that make half of its row a scenario's own",
        ),
    })
    .prefault({})
    .describe(
      "similarity: noise hides how alike updates are, the more the less evidence a client has; what agrees at all is lifted by so much",
    ),
  towers: z
    .enum(["attention", "similarity", "mean", "local"])
    .default("similarity")
    .describe(
      "the round of task towers after that of experts: cross-attention over the clients' updates layer by layer, the rule of similarity, plain averages, or none",
    ),
  gates: z
    .enum(["similarity", "mean", "local"])
    .default("local")
    .describe("gates of tasks; local: they never travel"),
  rows: z
    .enum(["common", "evidence"])
    .default("common")
    .describe(
      "embedding rows that the experiment federates, under aggregation similarity: common, the same for all, as in every other method; evidence, a row is a scenario's own as far as its training rows hold the value",
    ),
  attention: z
    .strictObject({
      temperature: z
        .number()
        .positive()
        .default(1)
        .describe("of the softmax over cosines of updates; small: only the likest"),
    })
    .prefault({})
    .describe("how a scenario's towers weigh those of the others"),
  mu: z
    .number()
    .min(0)
    .default(0.01)
    .describe("regulariser mu/2 ||P - P_received||^2 on what travels, but normalisation"),
  refreshStatistics: z
    .boolean()
    .default(true)
    .describe(
      "recompute running statistics where they stay at home, for what was received, by a pass over the client's rows; only clients with fewer than 32 batches, whose own are stale",
    ),
  finalPasses: z
    .number()
    .int()
    .min(0)
    .default(5)
    .describe("passes that a client makes alone in the end, from its best state, while they help"),
});

export type PfConfig = z.infer<typeof pfConfig>;

export type TemplateConfig = z.infer<typeof templateConfig>;
