import { z } from "zod";
import { requestKnowledge } from "../fedcctr/config.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { requestKnowledgeStage } from "../stages/request-knowledge.ts";
import { method } from "../types.ts";

const {
  recency: weight,
  text,
  windowsDays,
  windowWeights,
  decay,
} = requestKnowledge.unwrap().shape;

/** What is popular before the request, and like the history by its text: no training at all. */
export const recency = method({
  config: z.strictObject({
    kind: z.literal("recency"),
    recency: weight.unwrap().default(1).describe(weight.description!),
    text,
    windowsDays,
    windowWeights,
    decay,
  }),
  summary:
    "Items by their training events in the days before the request, summed over the users of all clients, and by how like their texts are to the user's history; nothing is trained.",
  role: "baseline",
  parties: "pooled",
  trainsModel: false,
  stages: (config, settings) => [requestKnowledgeStage(config), evaluateStage(settings)],
});
