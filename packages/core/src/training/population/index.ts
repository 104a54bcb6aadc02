export { createChunk, type ChunkBuffers, type SequenceBuffers } from "./chunk-buffers.ts";
export {
  chunkFiller,
  type ChunkAugmentation,
  type ChunkFiller,
  type ChunkFillerOptions,
} from "./chunk.ts";
export { addClipped, populationGradients, type GradientOptions } from "./gradients.ts";
export { graphRows } from "./graph-rows.ts";
export { codeRows, gatherRows, itemTableRows, type ItemRows } from "./item-rows.ts";
export {
  createLearnedVector,
  initialVector,
  learnedSpace,
  type TableSize,
} from "./learned-vector.ts";
export type { Requester } from "./query-runner.ts";
export {
  requestScorer,
  type AskedOf,
  type Request,
  type RequestScorer,
  type RequestScorerOptions,
} from "./request-scorer.ts";
export { populationScorer, type PopulationScorer, type ScorerOptions } from "./score.ts";
export { chunkSizesOf, type SizesOptions } from "./sizes.ts";
export { usersTotal, type UsersTotal, type Sum } from "./totals.ts";
export type { LearnedVector, PopulationGradients, SumOptions, UsersSum } from "./types.ts";
export type { ChunkSource } from "./ready-chunk.ts";
