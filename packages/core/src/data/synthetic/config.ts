import { z } from "zod";

/** A world of markets whose true click probabilities are known. */
export const syntheticConfig = z.strictObject({
  kind: z.literal("synthetic"),
  markets: z
    .record(
      z.string().min(1),
      z.strictObject({ rows: z.number().int().min(50).describe("impressions") }),
    )
    .describe("one entry per market, from large to tiny"),
  sharedTaste: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe(
      "share of the taste's variance that all markets have in common; the rest is each market's own",
    ),
  worldSeed: z
    .number()
    .int()
    .nonnegative()
    .default(1)
    .describe("draws the world; seeds draw splits and models"),
});

export type SyntheticConfig = z.infer<typeof syntheticConfig>;
