import { z } from "zod";
import { centralisedFedcctrConfig } from "../fedcctr/config.ts";
import { centralisedStages, populationModel } from "../fedcctr/index.ts";
import { method } from "../types.ts";
import { sequenceReading, sequenceSizes } from "./sequence-settings.ts";

const count = z.number().int().positive();
const weight = z.number().nonnegative();
const { loss, items } = centralisedFedcctrConfig.shape;

const config = z.strictObject({
  kind: z.literal("tri-cdr"),
  ...sequenceSizes,
  hidden: z
    .tuple([count, count])
    .default([80, 40])
    .describe("entries of the two hidden layers of the attention between sequences"),
  coarse: z
    .strictObject({
      weight: weight.default(1).describe("0 leaves it out"),
      temperature: z.number().positive().default(0.1).describe("of the softmax over likenesses"),
    })
    .prefault({})
    .describe("pulls a user's sequences together, against the other users of a chunk"),
  fine: z
    .strictObject({
      weight: weight.default(1).describe("0 leaves it out"),
      margin: weight.default(1).describe("by which the nearer is to exceed the farther"),
    })
    .prefault({})
    .describe(
      "keeps the other domain's sequence nearer to the merged one than to the domain's own",
    ),
  pretraining: z
    .number()
    .int()
    .nonnegative()
    .default(30)
    .describe(
      "most rounds in which encoders learn next items alone, before they are joined; 0: none",
    ),
  loss,
  items,
  ...sequenceReading,
});

/** Tri-CDR on everybody's sequences: Ma et al., TOIS 2024; what differs is told at `triCdr` of the models. */
export const triCdr = method({
  config,
  summary:
    "A domain's state attends to each domain's and the merged sequence, with contrasts among the three, on pooled sequences (Tri-CDR, Ma et al. 2024).",
  role: "reference",
  parties: "pooled",
  trainsModel: false,
  stages: (own, settings) => {
    const { blocks, heads, dropout, hidden, coarse, fine, pretraining: rounds } = own;
    const encoders = { blocks, heads, dropout };
    return centralisedStages(
      settings,
      { ...own, augmentation: { kind: "none" } },
      populationModel({ kind: "tri-cdr", ...encoders, hidden, coarse, fine }),
      rounds > 0
        ? { rounds, method: populationModel({ kind: "separate-encoders", ...encoders }) }
        : undefined,
    );
  },
});
