import { z } from "zod";

const count = z.number().int().positive();
const weight = z.number().nonnegative();
const share = z.number().min(0).lt(1);

export const feddcsrSettings = {
  width: count.default(64).describe("entries of item vectors and representations"),
  blocks: count.default(2).describe("transformer blocks of each encoder"),
  heads: count.default(2).describe("attention heads; they divide the width"),
  length: count.default(16).describe("latest events of a user that are read"),
  dropout: share.default(0.3).describe("share of entries that training sets to 0"),
  usersPerStep: count.default(128).describe("users whose gradients make one step"),
  negatives: count.default(256).describe("items of a step's softmax beside the right one"),
  kl: weight.default(1).describe("largest weight of the divergences from a standard normal"),
  annealingSteps: count.default(10_000).describe("steps until the divergences weigh `kl`"),
  similarity: weight
    .default(2)
    .describe("beta: the shared representation is told to be everybody's, the exclusive one not"),
  margin: z.number().positive().default(0.3).describe("of that comparison"),
  exclusive: weight
    .default(1)
    .describe("gamma: the exclusive representation alone predicts the next item"),
  contrast: weight
    .default(1)
    .describe("lambda: the exclusive representation of a sequence stays that of its shuffled form"),
  temperature: z.number().positive().default(1).describe("of that contrast"),
};

const settings = z.strictObject(feddcsrSettings);
export type FeddcsrSettings = z.infer<typeof settings>;
