import type { LanguageModel, LanguageModelSettings } from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import { answerKey } from "./key.ts";
import { outcomeOf } from "./outcome.ts";
import type { AnswerStore } from "./store.ts";
import { tallies } from "./tallies.ts";

/**
 * A language model that knows the answers of the store and asks nobody. Where one is missing it throws
 * AUGMENTATION_INCOMPLETE or, with `partial`, has nothing to say.
 */
export function readingModel(
  settings: LanguageModelSettings,
  { store, model }: { readonly store: AnswerStore; readonly model: string },
): LanguageModel {
  const counted = tallies();
  return {
    ask: async (prompt, parse) => {
      const key = answerKey(settings, { model, prompt });
      const known = store.get(key);
      const missing = known === undefined || known.kind === "rejected";
      if (missing && !settings.partial)
        throw new AtollError(
          "AUGMENTATION_INCOMPLETE",
          `augmentation: a prompt of stage ${prompt.stage} for the model "${model}" has no answer in the store; ` +
            "have the prompts answered first (atoll augment run EXPERIMENT), or set augmentation.partial to true",
        );
      const { outcome, value } = missing
        ? { outcome: undefined, value: undefined }
        : outcomeOf(known, parse);
      counted.note(prompt.stage, key, outcome);
      return value;
    },
    tally: counted.read,
  };
}
