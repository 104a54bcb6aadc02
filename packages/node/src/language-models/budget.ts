import type { LanguageModelSettings, Usage } from "@atoll/core/augmentation";
import type { TokenEstimate } from "./estimate.ts";

/** What was sent, and what it took: as the server says or, where it does not, at most. */
export interface Spent {
  readonly calls: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** In the currency of the prices. */
  readonly money: number;
}

export interface Reservation {
  /** The call was made and took this; what nobody knows counts as reserved. */
  readonly settle: (usage: Usage | undefined) => void;
  /** The call was not made. */
  readonly release: () => void;
}

export interface CallBudget {
  /** Undefined: it does not fit, and no call is left in flight that might take less than was reserved for it. */
  readonly reserve: (most: TokenEstimate) => Promise<Reservation | undefined>;
  readonly spent: () => Spent;
}

export interface Prices {
  /** For a million tokens of prompts, and of answers. */
  readonly input: number;
  readonly output: number;
}

/**
 * A budget that is never passed while no call takes more than was reserved for it: whatever is in flight has its
 * most tokens set aside. Where a call does not fit, it waits for those in flight to say what they took.
 */
export function callBudget(
  limits: LanguageModelSettings["budget"],
  { input, output }: Prices,
): CallBudget {
  const spent = { calls: 0, promptTokens: 0, answerTokens: 0 };
  const reserved = { calls: 0, promptTokens: 0, answerTokens: 0 };
  const waiting: (() => boolean)[] = [];
  const money = (promptTokens: number, answerTokens: number) =>
    (promptTokens * input + answerTokens * output) / 1e6;

  const fits = (most: TokenEstimate): boolean => {
    const promptTokens = spent.promptTokens + reserved.promptTokens + most.promptTokens;
    const answerTokens = spent.answerTokens + reserved.answerTokens + most.answerTokens;
    return (
      spent.calls + reserved.calls + 1 <= (limits.calls ?? Infinity) &&
      promptTokens + answerTokens <= (limits.tokens ?? Infinity) &&
      money(promptTokens, answerTokens) <= (limits.money ?? Infinity)
    );
  };

  const setAside = (most: TokenEstimate, sign: 1 | -1) => {
    reserved.calls += sign;
    reserved.promptTokens += sign * most.promptTokens;
    reserved.answerTokens += sign * most.answerTokens;
  };

  /** Those who wait, in order, as long as there is an answer for the first of them. */
  const admit = () => {
    while (waiting.length > 0 && waiting[0]!()) waiting.shift();
  };

  const reservation = (most: TokenEstimate): Reservation => {
    setAside(most, 1);
    let open = true;
    const close = (count: () => void) => {
      if (!open) throw new RangeError("a call is settled twice");
      open = false;
      setAside(most, -1);
      count();
      admit();
    };
    return {
      settle: (usage) =>
        close(() => {
          spent.calls++;
          spent.promptTokens += usage?.promptTokens ?? most.promptTokens;
          spent.answerTokens += usage?.completionTokens ?? most.answerTokens;
        }),
      release: () => close(() => undefined),
    };
  };

  return {
    reserve: (most) =>
      new Promise((resolve) => {
        waiting.push(() => {
          if (fits(most)) resolve(reservation(most));
          else if (reserved.calls === 0) resolve(undefined);
          else return false;
          return true;
        });
        if (waiting.length === 1) admit();
      }),
    spent: () => ({ ...spent, money: money(spent.promptTokens, spent.answerTokens) }),
  };
}
