export { heuristicAugmenter, type HeuristicOptions } from "./heuristic.ts";
export { heuristicWords, type HeuristicWordsOptions } from "./words.ts";
