import type {
  Completer,
  LanguageModel,
  LanguageModelSettings,
  Parsed,
  Prompt,
} from "@atoll/core/augmentation";
import type { AskEvent } from "./ask-event.ts";
import { budgetSpent } from "./asking-errors.ts";
import { callBudget, type Spent } from "./budget.ts";
import { caller, type Answer, type Asked } from "./caller.ts";
import type { Clock } from "./clock.ts";
import { answerKey } from "./key.ts";
import { outcomeOf } from "./outcome.ts";
import { slots } from "./slots.ts";
import { stopping } from "./stopping.ts";
import type { AnswerStore } from "./store.ts";
import { tallies } from "./tallies.ts";

export interface AskingOptions {
  readonly store: AnswerStore;
  readonly completer: Completer;
  /** What stands for the model in keys: `modelNameOf`. */
  readonly model: string;
  readonly clock: Clock;
  /** Uniform in [0, 1): what pauses between tries are spread by. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Prompts without an answer, where a plan has counted them: for the message of a budget that is spent. */
  readonly planned?: number | undefined;
  readonly onEvent?: ((event: AskEvent) => void) | undefined;
}

export interface AskingModel extends LanguageModel {
  readonly spent: () => Spent;
}

/**
 * A language model that is asked what the store does not know. Every answer is in the store before anyone hears
 * of it: accepted, or rejected and asked once more with another seed, or dropped. Equal prompts share a call.
 *
 * Stops where the server refuses (AUGMENTATION_SERVER), the budget is spent (AUGMENTATION_BUDGET) or the signal
 * is aborted, which also aborts the calls in flight; what came until then is stored before `ask` rejects.
 */
export function askingModel(settings: LanguageModelSettings, options: AskingOptions): AskingModel {
  const { store, model, signal } = options;
  const stop = stopping(signal);
  const budget = callBudget(settings.budget, pricesOf(settings));
  const places = slots(settings.concurrency);
  const counted = tallies();
  const underWay = new Map<string, Promise<Answer | undefined>>();
  const call = caller(settings, {
    ...options,
    stop,
    budget,
    outOfBudget: (ended) =>
      budgetSpent(settings, { spent: budget.spent(), ended, planned: options.planned }),
  });

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    await places.take(stop.signal);
    try {
      return await work();
    } finally {
      places.give();
    }
  };

  const asked = async <T>(asked: Asked<T>): Promise<Answer | undefined> => {
    try {
      return await inTurn(() => call(asked));
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      // Nobody hears of an end before the answers under way are stored.
      await stop.landed();
      throw stop.signal.reason;
    }
  };

  const answerTo = async <T>(
    prompt: Prompt,
    { key, parse }: { readonly key: string; readonly parse: (text: string) => Parsed<T> },
  ): Promise<Answer | undefined> => {
    const known = store.get(key);
    if (known !== undefined && known.kind !== "rejected") return known;
    const shared = underWay.get(key);
    if (shared !== undefined) return shared;
    const own = asked({ prompt, key, parse, rejected: known !== undefined });
    underWay.set(key, own);
    try {
      return await own;
    } finally {
      underWay.delete(key);
    }
  };

  return {
    ask: async (prompt, parse) => {
      const key = answerKey(settings, { model, prompt });
      const answer = await answerTo(prompt, { key, parse });
      if (answer === undefined) {
        counted.note(prompt.stage, key, undefined);
        return undefined;
      }
      const { outcome, value } = outcomeOf(answer, parse);
      counted.note(prompt.stage, key, outcome);
      return value;
    },
    tally: counted.read,
    spent: budget.spent,
  };
}

function pricesOf(settings: LanguageModelSettings) {
  return settings.kind === "local" ? { input: 0, output: 0 } : settings.prices;
}
