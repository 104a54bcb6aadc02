import { z } from "zod";
import { embeddingWidth } from "../ctr/features.ts";

/** The config fields that models of sequences share. */
export const sequenceFields = {
  history: z
    .string()
    .default("history")
    .describe("feature with the past items, a sequence of the item's vocabulary"),
  width: embeddingWidth.default(64).describe("entries of each item's vector and of the states"),
  itemBias: z
    .boolean()
    .default(false)
    .describe("a learned number per item, added to its log-odds: how popular it is anyway"),
  embeddingStd: z
    .number()
    .positive()
    .default(0.02)
    .describe("standard deviation of the normal draws that item vectors and positions start from"),
};

/** Config fields of the models that are made of transformer blocks. */
export const transformerFields = {
  layers: z.number().int().positive().default(2).describe("transformer blocks"),
  heads: z.number().int().positive().default(2).describe("attention heads; they divide the width"),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0.2)
    .describe("share of the inputs and of each block's outputs that training drops"),
};

interface Heads {
  readonly width: number;
  readonly heads: number;
}

/** The check of configs with heads. */
export const headsDivideWidth = {
  check: ({ width, heads }: Heads) => width % heads === 0,
  message: { path: ["heads"], error: "the number of heads must divide the width" },
};
