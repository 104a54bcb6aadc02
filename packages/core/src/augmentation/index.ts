export {
  augmentUsers,
  type AugmentOptions,
  type PickedItems,
  type UserAugmentation,
} from "./augment-users.ts";
export { candidateWeights, drawCandidates, type CandidateWeights } from "./draw-candidates.ts";
export { heuristicAugmenter, type HeuristicOptions } from "./heuristic.ts";
export { noAugmenter } from "./none.ts";
export type { Augmenter, Picked, PickRequest } from "./types.ts";
