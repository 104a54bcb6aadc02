import { easeConfig, easeRecommender, fitEase } from "../../models/collaborative/index.ts";
import { collaborativeStage } from "../stages/collaborative.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { recommenderConfig } from "../stages/kept-recommender.ts";
import { method } from "../types.ts";

/** A linear item-item model in closed form: Steck 2019, arXiv 1905.03375. */
export const ease = method({
  config: easeConfig,
  summary:
    "Each client fits the linear item-item model with zero diagonal in closed form (Steck 2019); uncalibrated.",
  role: "baseline",
  parties: "clients",
  trainsModel: false,
  stages: (config, settings) => [
    collaborativeStage(settings, {
      config: recommenderConfig(easeConfig, config),
      fit: async (positives, signal) =>
        easeRecommender(await fitEase(positives, config, { ...(signal && { signal }) }), positives),
    }),
    evaluateStage(settings),
  ],
});
