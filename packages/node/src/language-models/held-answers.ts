import type { AnswerStore, StoredAnswer } from "./store.ts";

export interface HeldAnswers {
  readonly put: AnswerStore["put"];
  /** From here on, and for all that is held, the store has it. */
  readonly trust: () => void;
}

/**
 * Holds back what is to be stored until the server has shown that it is one: a wrong address or setting must not
 * have prompts dropped for good.
 */
export function heldAnswers(store: Pick<AnswerStore, "put">): HeldAnswers {
  let held: Map<string, StoredAnswer> | undefined = new Map();
  return {
    put: (key, answer) => {
      if (held === undefined) store.put(key, answer);
      else held.set(key, answer);
    },
    trust: () => {
      const all = held;
      held = undefined;
      for (const [key, answer] of all ?? []) store.put(key, answer);
    },
  };
}
