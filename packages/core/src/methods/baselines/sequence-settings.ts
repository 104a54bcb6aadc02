import { z } from "zod";
import { centralisedFedcctrConfig } from "../fedcctr/config.ts";

const { width, blocks, dropout, length, domainLength } = centralisedFedcctrConfig.shape;
const { request, chunk, usersPerStep, validateEvery } = centralisedFedcctrConfig.shape;

/** Sizes of the encoders of other models of users' sequences in one place. */
export const sequenceSizes = {
  width,
  blocks,
  heads: z.number().int().positive().default(1).describe("attention heads; they divide the width"),
  dropout,
  length,
  domainLength,
};

/** What requests know, and how users are read. */
export const sequenceReading = { request, chunk, usersPerStep, validateEvery };
