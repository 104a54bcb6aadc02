import type { AugmentationServices, TextVectorizer } from "@atoll/core/augmentation";
import {
  openAnswers,
  readingModel,
  sentenceVectorizer,
  type AnswerStore,
} from "../language-models/index.ts";
import type { AugmentationSource } from "./source.ts";

/** Services that ask nobody, and what ends them. */
export interface OpenServices {
  readonly services: AugmentationServices;
  readonly close: () => void;
}

/** What training reads: answers that were stored before. */
export function readingServices({ directory, answers }: AugmentationSource): OpenServices {
  const opened: AnswerStore[] = [];
  const encoders = new Map<string, TextVectorizer>();
  const source = () => {
    if (answers === undefined) throw new RangeError("no language model was asked");
    return answers;
  };
  return {
    services: {
      templates: () => source().templates,
      languageModel: (settings) => {
        const { storePath, model } = source();
        const store = openAnswers(storePath, { readOnly: true });
        opened.push(store);
        return readingModel(settings, { store, model });
      },
      // An encoder is loaded once, however often it is asked for.
      sentences: (settings) => {
        const { model } = settings;
        const known = encoders.get(model) ?? sentenceVectorizer(settings, { directory });
        encoders.set(model, known);
        return known;
      },
    },
    close: () => {
      for (const store of opened.splice(0)) store.close();
    },
  };
}
