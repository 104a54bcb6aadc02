export { createChunk, type ChunkBuffers } from "./chunk-buffers.ts";
export { chunkFiller, type ChunkAugmentation, type ChunkFiller } from "./chunk.ts";
export { addClipped, populationGradients, type GradientOptions } from "./gradients.ts";
export { graphRows } from "./graph-rows.ts";
export { codeRows, gatherRows, itemTableRows, type ItemRows } from "./item-rows.ts";
export {
  createLearnedVector,
  initialVector,
  learnedSpace,
  type TableSize,
} from "./learned-vector.ts";
export { populationScorer, type PopulationScorer, type ScorerOptions } from "./score.ts";
export { chunkSizesOf, type SizesOptions } from "./sizes.ts";
export { usersTotal, type UsersTotal } from "./totals.ts";
export type { LearnedVector, PopulationGradients, SumOptions, UsersSum } from "./types.ts";
