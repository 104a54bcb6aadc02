import { STAGES } from "@atoll/core/augmentation";
import { z } from "zod";

const answers = z.strictObject({
  answered: z.number().describe("prompts with an accepted answer"),
  dropped: z
    .record(z.string(), z.number())
    .describe("prompts whose answer was refused twice, by reason"),
  missing: z.number().describe("prompts that were not asked"),
  acceptance: z.number().optional().describe("answered / (answered + dropped)"),
});

/** What augmentation did for a method, in `result.json`: means over seeds. */
export const augmentationResult = z.strictObject({
  users: z.number(),
  augmented: z.number().optional().describe("of these, with a liked item"),
  meanLengthBefore: z.number().describe("training events of a user, all domains together"),
  meanLengthAfter: z.number().describe("with the liked items"),
  density: z
    .strictObject({ before: z.number(), after: z.number() })
    .optional()
    .describe("different pairs of a user and an item, over all pairs; after: with liked items"),
  idra: z.number().optional().describe("weighted term of a user's loss in the end"),
  answers: z
    .partialRecord(z.enum(STAGES), answers)
    .optional()
    .describe("by stage, where a language model was asked"),
  descriptions: z
    .array(z.strictObject({ item: z.string(), words: z.string() }))
    .optional()
    .describe("some items, and the words that were found for them, of the first seed"),
  validation: z
    .strictObject({
      against: z.string().describe("the method of the run that lacks augmentation alone"),
      metric: z.string(),
      with: z.number().describe("best round, mean over clients and seeds"),
      without: z.number(),
    })
    .optional(),
});

export type AugmentationResult = z.infer<typeof augmentationResult>;
