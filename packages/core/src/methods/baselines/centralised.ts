import { z } from "zod";
import { evaluateStage } from "../stages/evaluate.ts";
import { trainStage } from "../stages/train.ts";
import { method } from "../types.ts";

/** One model on everybody's rows: what the law does not allow, as an upper reference. */
export const centralised = method({
  config: z.strictObject({ kind: z.literal("centralised") }),
  summary:
    "One model trained on the pooled rows of all clients: an upper reference, not a federation.",
  role: "reference",
  parties: "pooled",
  trainsModel: true,
  privacy: ["dp-sgd"],
  stages: (_config, settings) => [trainStage(settings, { kind: "alone" }), evaluateStage(settings)],
});
