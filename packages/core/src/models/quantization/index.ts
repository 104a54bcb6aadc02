export {
  countUses,
  moveToAverages,
  restartDead,
  type Codebook,
  type LevelBatch,
  type Averages,
} from "./codebook.ts";
export { collisionRate, withIndex } from "./collisions.ts";
export { codesByLevel, rqVaeConfig, type RqVaeConfig } from "./config.ts";
export { type Encoded } from "./encoder.ts";
export { fitPass, type RqVaeFitOptions } from "./fit.ts";
export { kMeans, type Clusters, type KMeansOptions } from "./k-means.ts";
export { codeUsage, measureQuantisation, type QuantisationMetrics } from "./metrics.ts";
export { createRqVae, type RqVae, type RqVaeOptions } from "./rq-vae.ts";
export { type RqVaeLosses } from "./train-step.ts";
