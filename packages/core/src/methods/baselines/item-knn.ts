import { fitItemKnn, itemKnnConfig, itemKnnRecommender } from "../../models/collaborative/index.ts";
import { collaborativeStage } from "../stages/collaborative.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { recommenderConfig } from "../stages/kept-recommender.ts";
import { method } from "../types.ts";

/** Neighbourhoods of items by the cosine of their users: Sarwar et al. 2001. */
export const itemKnn = method({
  config: itemKnnConfig,
  summary:
    "Each client scores an item by its cosine similarity to what the user chose (Sarwar et al. 2001); uncalibrated.",
  role: "baseline",
  parties: "clients",
  trainsModel: false,
  stages: (config, settings) => [
    collaborativeStage(settings, {
      config: recommenderConfig(itemKnnConfig, config),
      fit: async (positives, signal) =>
        itemKnnRecommender(
          await fitItemKnn(positives, config, { ...(signal && { signal }) }),
          positives,
        ),
    }),
    evaluateStage(settings),
  ],
});
