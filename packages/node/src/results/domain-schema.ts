import { projectionFile } from "@atoll/core/methods";
import { z } from "zod";
import { augmentationResult } from "./augmentation-schema.ts";

const spread = z.strictObject({
  mean: z.number().describe("over seeds"),
  sd: z.number().describe("standard deviation over seeds (0 for one seed)"),
});

const encoderCosine = z.strictObject({
  encoders: z.tuple([z.string(), z.string()]),
  users: z.number().describe("users with both vectors, mean over seeds"),
  cosine: spread.describe("mean over users of the cosine of a user's two vectors"),
  others: spread
    .optional()
    .describe("the same over pairs of different users: what is no matter of the user"),
  overlap: z
    .enum(["apart", "near", "overlapping"])
    .optional()
    .describe("of two domains: near from .5, overlapping from .8 on"),
});

/** What a cross-domain method's encoders and clients came to, in `result.json`: means over seeds. */
export const domainsResult = z.strictObject({
  encoders: z.array(z.string()).describe("the domains, then `merged`"),
  cosines: z.array(encoderCosine),
  retired: z
    .strictObject({
      clients: z.number().describe("clients that there are"),
      share: z.number().describe("of these, retired at the end"),
      first: z
        .number()
        .int()
        .optional()
        .describe("first round, from 0, with a retirement in some seed"),
      rounds: z.number().describe("rounds that were planned"),
      byRound: z.array(z.number()).describe("clients retired so far"),
    })
    .optional(),
  augmentation: augmentationResult.optional(),
  findings: z
    .array(
      z.strictObject({
        kind: z.enum([
          "overlap",
          "merged-apart",
          "no-common-users",
          "retired",
          "answers",
          "augmentation",
        ]),
        text: z.string(),
      }),
    )
    .describe("warning signs, and what to do about them"),
});

/** `domains.json` of a run folder, version 1: the picture of the first seed's representations. */
export const domainPages = z.strictObject({
  schema: z.literal("atoll/domains/v1"),
  seed: z.number().int(),
  methods: z.record(
    z.string(),
    z.strictObject({ encoders: z.array(z.string()), projection: projectionFile }),
  ),
});

export type DomainsResult = z.infer<typeof domainsResult>;
export type DomainPages = z.infer<typeof domainPages>;
