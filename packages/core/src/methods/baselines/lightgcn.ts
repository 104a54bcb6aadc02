import { createLightGcn, lightGcnConfig } from "../../models/collaborative/index.ts";
import { collaborativePassesStage } from "../stages/collaborative-passes.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { recommenderConfig } from "../stages/kept-recommender.ts";
import { method } from "../types.ts";

/** User and item vectors averaged over the graph of positives: He et al. 2020, arXiv 2002.02126. */
export const lightgcn = method({
  config: lightGcnConfig,
  summary:
    "Each client propagates user and item vectors over its own positives, trained by BPR (LightGCN, He et al. 2020); uncalibrated.",
  role: "baseline",
  parties: "clients",
  trainsModel: false,
  stages: (config, settings) => [
    collaborativePassesStage(settings, {
      kind: config.kind,
      config: recommenderConfig(lightGcnConfig, config),
      epochs: config.epochs,
      create: (positives, random) => createLightGcn(positives, config, random),
    }),
    evaluateStage(settings),
  ],
});
