import { resolve } from "node:path";
import {
  asksLanguageModel,
  type ActiveAugmentation,
  type LanguageModelSettings,
  type Templates,
} from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import { modelNameOf, readTemplates } from "../language-models/index.ts";

/** Where an experiment lies, and the cache beside it. */
export interface AugmentationPlace {
  readonly experimentDirectory: string;
  /** Undefined where ATOLL_CACHE is off. */
  readonly cache: string | undefined;
}

/** Where answers are kept, and what they belong to. Plain data, for threads. */
export interface AnswersSource {
  readonly storePath: string;
  /** What stands for the model in the keys of its answers. */
  readonly model: string;
  readonly templates: Templates;
}

/** All that a method's services are made of. Plain data, for threads. */
export interface AugmentationSource {
  /** Of the experiment: files of settings are counted from it. */
  readonly directory: string;
  /** Absent where no language model is asked. */
  readonly answers?: AnswersSource;
}

/** The file of the answers. */
export function storePathOf(
  { cache }: Pick<LanguageModelSettings, "cache">,
  place: AugmentationPlace,
): string {
  if (cache !== undefined) return resolve(place.experimentDirectory, cache);
  if (place.cache !== undefined) return resolve(place.cache, "augmentation.sqlite");
  throw new AtollError(
    "AUGMENTATION_STORE",
    "ATOLL_CACHE=off leaves no place for the answers of the language model; name a file in augmentation.cache, or unset ATOLL_CACHE",
  );
}

/** Reads what settings name: prompts, and the model's file where it is one. */
export async function augmentationSource(
  settings: ActiveAugmentation,
  place: AugmentationPlace,
): Promise<AugmentationSource> {
  const directory = place.experimentDirectory;
  if (!asksLanguageModel(settings)) return { directory };
  return { directory, answers: await answersSource(settings, place) };
}

export async function answersSource(
  settings: LanguageModelSettings,
  place: AugmentationPlace,
): Promise<AnswersSource> {
  const directory = place.experimentDirectory;
  const { prompts } = settings;
  return {
    storePath: storePathOf(settings, place),
    templates: readTemplates(prompts === undefined ? undefined : resolve(directory, prompts)),
    model: await modelNameOf(settings, directory),
  };
}
