export { attentionWeights, crossAttention, type Attended } from "./attention.ts";
export {
  cagrad,
  conflictAverseWeights,
  type ConflictAverse,
  type ConflictAverseWeights,
} from "./cagrad.ts";
export { combine } from "./combine.ts";
export { cosines, gram, type Matrix, type Vectors } from "./gram.ts";
export { mixingStep, type MixingStep, type Vector } from "./mixing.ts";
export { pcgrad, projectedMeanWeights } from "./pcgrad.ts";
export { projectOnSimplex } from "./projection.ts";
export { reliabilityOf, similarityWeights, type SimilarityOptions } from "./similarity.ts";
export { minimiseOnSimplex, type Compromise } from "./simplex.ts";
