import { createMfBpr, mfBprConfig } from "../../models/collaborative/index.ts";
import { collaborativePassesStage } from "../stages/collaborative-passes.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { recommenderConfig } from "../stages/kept-recommender.ts";
import { method } from "../types.ts";

/** Matrix factorisation under a pairwise ranking loss: Rendle et al. 2009, arXiv 1205.2618. */
export const mfBpr = method({
  config: mfBprConfig,
  summary:
    "Each client factorises its own positives under the pairwise loss BPR (Rendle et al. 2009); uncalibrated.",
  role: "baseline",
  parties: "clients",
  trainsModel: false,
  stages: (config, settings) => [
    collaborativePassesStage(settings, {
      kind: config.kind,
      config: recommenderConfig(mfBprConfig, config),
      epochs: config.epochs,
      create: (positives, random) => createMfBpr(positives, config, random),
    }),
    evaluateStage(settings),
  ],
});
