import type {
  AugmentationStage,
  LanguageModel,
  LanguageModelSettings,
} from "@atoll/core/augmentation";
import { likelyAnswerTokens, mostTokens } from "./estimate.ts";
import { answerKey } from "./key.ts";
import type { AnswerStore } from "./store.ts";
import { forStages, shortKey, tallies } from "./tallies.ts";

/** What the prompts of a stage would take. */
export interface StagePlan {
  /** Distinct prompts. */
  readonly prompts: number;
  /** Those of them that the store knows an answer of, or that were dropped: they are not asked. */
  readonly cached: number;
  /** Tokens of the prompts that would be asked, estimated. */
  readonly promptTokens: number;
  /** Tokens of their answers, were they as long as those of the examples. */
  readonly answerTokens: number;
  /** And at most. */
  readonly mostAnswerTokens: number;
}

export interface CountingModel extends LanguageModel {
  readonly plan: () => Readonly<Record<AugmentationStage, StagePlan>>;
}

/** A language model that asks nobody and answers nothing: it counts what asking would take. */
export function countingModel(
  settings: LanguageModelSettings,
  { store, model }: { readonly store?: AnswerStore | undefined; readonly model: string },
): CountingModel {
  const counted = tallies();
  const seen = new Set<string>();
  const plans = forStages(() => ({
    prompts: 0,
    cached: 0,
    promptTokens: 0,
    answerTokens: 0,
    mostAnswerTokens: 0,
  }));
  return {
    ask: async (prompt) => {
      const key = answerKey(settings, { model, prompt });
      const short = shortKey(key);
      if (seen.has(short)) return undefined;
      seen.add(short);
      const own = plans[prompt.stage];
      own.prompts++;
      const known = store?.get(key);
      if (known === undefined || known.kind === "rejected") {
        const most = mostTokens(prompt, settings);
        own.promptTokens += most.promptTokens;
        own.answerTokens += likelyAnswerTokens(prompt, settings);
        own.mostAnswerTokens += most.answerTokens;
        counted.note(prompt.stage, key, undefined);
      } else {
        own.cached++;
        counted.note(prompt.stage, key, known);
      }
      return undefined;
    },
    tally: counted.read,
    plan: () => forStages((stage) => ({ ...plans[stage] })),
  };
}
