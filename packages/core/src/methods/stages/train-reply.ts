import { z } from "zod";

const count = z.number().int().nonnegative();
const partValues = z.record(z.string(), z.number());

/** The metadata of a client's answers; every number in it reaches `metrics.jsonl`. */
export const trainReply = z.strictObject({
  numExamples: count.describe("training rows per pass, the weight of the update"),
  trainLoss: z.number().optional().describe("mean loss of this round's passes, negatives included"),
  valid: partValues.describe("validation metric of the state before this round's passes, by part"),
  stale: count.describe("validations since the best one"),
  finished: z.boolean().describe("the client will not train any more"),
  tasks: z
    .record(z.string(), z.strictObject({ rows: count, positives: count }))
    .optional()
    .describe("by task, training rows that know its label, and the positive ones"),
});

export type TrainReply = z.infer<typeof trainReply>;
