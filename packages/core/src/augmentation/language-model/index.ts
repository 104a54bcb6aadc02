export type { Refusal } from "./answer.ts";
export { languageModelAugmenter, type LanguageModelOptions } from "./augmenter.ts";
export { fieldsTold, type FieldsTold } from "./fields-told.ts";
export { templateProblems } from "./template.ts";
