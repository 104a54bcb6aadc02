export { easeConfig, easeRecommender, fitEase, type EaseConfig, type ItemWeights } from "./ease.ts";
export { type FactorTrainer } from "./factor-trainer.ts";
export { factorRecommender, factorScore, type Factors } from "./factors.ts";
export {
  fitItemKnn,
  itemKnnConfig,
  itemKnnRecommender,
  type ItemKnnConfig,
  type Neighbours,
} from "./item-knn.ts";
export {
  createLightGcn,
  fitLightGcn,
  lightGcnConfig,
  type LightGcn,
  type LightGcnConfig,
} from "./lightgcn.ts";
export { createMfBpr, fitMfBpr, mfBprConfig, type MfBprConfig } from "./mf-bpr.ts";
export { type Positives } from "./positives.ts";
export { createSvd, fitSvd, svdConfig, type SvdConfig } from "./svd.ts";
export type { FitOptions, Recommender } from "./types.ts";
export type { Triples } from "./bpr-gradient.ts";
