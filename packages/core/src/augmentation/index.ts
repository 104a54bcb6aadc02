export { chatCompleter, isLoopback, type ChatIo } from "./chat/index.ts";
export { augmentPopulation } from "./augment-population.ts";
export { augmenterOf, type AugmenterOptions } from "./augmenter-of.ts";
export {
  fieldsTold,
  languageModelAugmenter,
  templateProblems,
  type FieldsTold,
  type LanguageModelOptions,
  type Refusal,
} from "./language-model/index.ts";
export type { PickedItems } from "./picked-items.ts";
export type {
  AugmentationProgress,
  AugmentPopulationOptions,
  PopulationAugmentation,
} from "./population-augmentation.ts";
export {
  asksLanguageModel,
  augmentationConfig,
  type ActiveAugmentation,
  type AugmentationSettings,
  type LanguageModelSettings,
  type LocalSettings,
  type OpenAiSettings,
  type SentenceSettings,
} from "./config.ts";
export {
  CompletionError,
  type AugmentationServices,
  type ChatMessage,
  type Completer,
  type Completion,
  type JsonSchema,
  type LanguageModel,
  type Parsed,
  type Prompt,
  type StageTally,
  type Template,
  type Templates,
  type Usage,
} from "./services.ts";
export {
  STAGES,
  type AugmentationStage,
  type Augmenter,
  type Picked,
  type PickRequest,
  type TextVectorizer,
  type UserHistory,
} from "./types.ts";
export {
  augmentationVectors,
  type AugmentationVectors,
  type AugmentationVectorsOptions,
} from "./vectors.ts";
