import {
  CompletionError,
  type Completer,
  type LanguageModelSettings,
  type Parsed,
  type Prompt,
  type Usage,
} from "@atoll/core/augmentation";
import type { AtollError } from "@atoll/core/errors";
import type { AskEvent } from "./ask-event.ts";
import { incomprehensible, refused, silent, waitsTooLong } from "./asking-errors.ts";
import { backoffMs } from "./backoff.ts";
import type { CallBudget, Reservation } from "./budget.ts";
import type { Clock } from "./clock.ts";
import { mostTokens, type TokenEstimate } from "./estimate.ts";
import { heldAnswers } from "./held-answers.ts";
import { rateLimits } from "./rate-limits.ts";
import { serverHealth } from "./server-health.ts";
import type { Stopping } from "./stopping.ts";
import type { AnswerStore, StoredAnswer } from "./store.ts";

export interface CallerOptions {
  readonly store: AnswerStore;
  readonly completer: Completer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly stop: Stopping;
  readonly budget: CallBudget;
  /** The error to stop with, once so many prompts have an answer or were dropped. */
  readonly outOfBudget: (ended: number) => AtollError;
  readonly onEvent?: ((event: AskEvent) => void) | undefined;
}

/** A prompt that is to be asked. */
export interface Asked<T> {
  readonly prompt: Prompt;
  readonly key: string;
  readonly parse: (text: string) => Parsed<T>;
  /** Whether it was asked before, and the answer not accepted. */
  readonly rejected: boolean;
}

/** What a prompt has in the end. */
export type Answer = Exclude<StoredAnswer, { kind: "rejected" }>;

/** Of an answer that is stored, or of a call that may succeed later. */
type Try = StoredAnswer | { readonly kind: "again"; readonly error: CompletionError };

/** What one call brought, and took. */
type Reply = { readonly usage: Usage | undefined } & (
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "again"; readonly error: CompletionError }
  /** No call after it makes sense. */
  | { readonly kind: "end"; readonly error: Error }
);

/** Longer than that a server must not ask to wait. */
const MAX_WAIT_MS = 10 * 60_000;

/**
 * Asks one prompt until its answer is stored: undefined where the server never answered this one. Calls that
 * fail are made again with growing pauses; a server that does not work, or says that it never will, stops all.
 */
export function caller(settings: LanguageModelSettings, options: CallerOptions) {
  const { completer, clock, random, signal, stop, budget, onEvent = () => undefined } = options;
  const limits = rateLimits(settings.kind === "local" ? {} : settings, clock);
  const retries = settings.kind === "local" ? 0 : settings.retries;
  const health = serverHealth(settings.concurrency);
  const answers = heldAnswers(options.store);
  let ended = 0;

  const halt = (error: Error): never => {
    stop.stop(error);
    throw error;
  };

  /** Room in the budget, and a turn within the limits. */
  const admission = async (most: TokenEstimate): Promise<Reservation> => {
    stop.signal.throwIfAborted();
    const reservation = (await budget.reserve(most)) ?? halt(options.outOfBudget(ended));
    try {
      await limits.pass(most.promptTokens + most.answerTokens, stop.signal);
      return reservation;
    } catch (error) {
      reservation.release();
      throw error;
    }
  };

  /** One call, whose answer is stored when it returns, and before anyone knows what it took. */
  const once = async <T>({ prompt, key, parse }: Asked<T>, second: boolean): Promise<Try> => {
    const reservation = await admission(mostTokens(prompt, settings));
    let usage: Usage | undefined;
    return stop.flight(async () => {
      try {
        const reply = await complete(prompt, settings.seed + (second ? 1 : 0));
        usage = reply.usage;
        if (reply.kind === "end") return halt(reply.error);
        if (reply.kind === "again") return reply;
        const answer = judged(reply, { parse, second });
        answers.put(key, answer);
        if (health.everReadable()) answers.trust();
        ended += answer.kind === "rejected" ? 0 : 1;
        return answer;
      } finally {
        reservation.settle(usage);
      }
    });
  };

  const complete = async (prompt: Prompt, seed: number): Promise<Reply> => {
    try {
      const completion = await completer.complete(prompt, { seed, signal });
      health.readable();
      return { kind: "text", text: completion.text, usage: completion };
    } catch (error) {
      if (error instanceof CompletionError) return replyOf(error);
      return { kind: "end", error: error as Error, usage: undefined };
    }
  };

  const replyOf = (error: CompletionError): Reply => {
    const { message, usage } = error;
    switch (error.kind) {
      case "again":
        return { kind: "again", error, usage };
      case "refused":
        return { kind: "end", error: refused(settings, message), usage };
      case "unreadable":
        // With counts of tokens it is a completion, only not a whole one.
        if (usage?.completionTokens === undefined) health.unreadable();
        else health.readable();
        return health.diagnosis() === "incomprehensible"
          ? { kind: "end", error: incomprehensible(settings, message), usage }
          : { kind: "unreadable", reason: message, usage };
    }
  };

  /** Waits before the next try; false: there is none. */
  const pause = async ({ stage }: Prompt, { error, attempt }: Failure): Promise<boolean> => {
    const { waitMs = 0, message: problem } = error;
    if (waitMs > MAX_WAIT_MS) halt(waitsTooLong(settings, waitMs));
    if (attempt >= retries) {
      health.givenUp();
      if (health.diagnosis() === "silent") halt(silent(settings, problem));
      onEvent({ kind: "failed", stage, problem });
      return false;
    }
    // What the server asks for goes for all calls.
    limits.pause(waitMs);
    const wait = waitMs + backoffMs(attempt, random());
    onEvent({ kind: "retry", stage, problem, waitMs: wait });
    await clock.sleep(wait, stop.signal);
    return true;
  };

  return async <T>(asked: Asked<T>): Promise<Answer | undefined> => {
    const { stage } = asked.prompt;
    let second = asked.rejected;
    for (let attempt = 0; ; attempt++) {
      const tried = await once(asked, second);
      switch (tried.kind) {
        case "answered":
          onEvent({ kind: "answered", stage });
          return tried;
        case "dropped":
          onEvent({ kind: "rejected", stage, reason: tried.reason, dropped: true });
          return tried;
        case "rejected":
          onEvent({ kind: "rejected", stage, reason: tried.reason, dropped: false });
          second = true;
          attempt = -1;
          break;
        case "again":
          if (!(await pause(asked.prompt, { error: tried.error, attempt }))) return undefined;
      }
    }
  };
}

function judged<T>(
  reply: Extract<Reply, { kind: "text" | "unreadable" }>,
  { parse, second }: { readonly parse: Asked<T>["parse"]; readonly second: boolean },
): StoredAnswer {
  const kind = second ? "dropped" : "rejected";
  if (reply.kind === "unreadable") return { kind, reason: reply.reason };
  const parsed = parse(reply.text);
  return parsed.ok ? { kind: "answered", text: reply.text } : { kind, reason: parsed.reason };
}

interface Failure {
  readonly error: CompletionError;
  /** Counted from 0. */
  readonly attempt: number;
}
