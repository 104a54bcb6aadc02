import { createHash } from "node:crypto";
import {
  augmentationConfig,
  CompletionError,
  type Completer,
  type OpenAiSettings,
  type Parsed,
  type Prompt,
} from "@atoll/core/augmentation";
import type { AskEvent } from "./ask-event.ts";
import { askingModel, type AskingOptions } from "./asking.ts";
import { virtualClock } from "./clock.fixture.ts";
import type { AnswerStore, StoredAnswer } from "./store.ts";

export function settingsOf(changes: Readonly<Record<string, unknown>> = {}): OpenAiSettings {
  const baseUrl = "http://127.0.0.1:1/v1";
  return augmentationConfig.parse({
    kind: "openai-compatible",
    baseUrl,
    ...changes,
  }) as OpenAiSettings;
}

export function promptOf(text: string, changes: Partial<Prompt> = {}): Prompt {
  return {
    stage: "sequences",
    messages: [{ role: "user", content: text }],
    schema: {},
    ...changes,
  };
}

/** Some key of the store. */
export function keyOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Accepts what begins with `yes`. */
export function parseYes(text: string): Parsed<string> {
  return text.startsWith("yes") ? { ok: true, value: text } : { ok: false, reason: "not yes" };
}

export function memoryStore() {
  const answers = new Map<string, StoredAnswer>();
  return {
    answers,
    get: (key) => answers.get(key),
    put: (key, answer) => {
      const before = answers.get(key);
      if (before === undefined || before.kind === "rejected") answers.set(key, answer);
    },
    close: () => undefined,
  } satisfies AnswerStore & { answers: unknown };
}

export interface Call {
  readonly text: string;
  readonly seed: number;
  readonly at: number;
  readonly signal: AbortSignal;
  /** Of all calls, counted from 0. */
  readonly index: number;
}

/** A model over a memory and a virtual clock, asked through a script; text is an answer of 10 and 5 tokens. */
export function scripted(
  changes: Readonly<Record<string, unknown>>,
  script: (call: Call) => string | Promise<string>,
  options: Partial<AskingOptions> = {},
) {
  const settings = settingsOf(changes);
  const clock = virtualClock();
  const store = memoryStore();
  const calls: Call[] = [];
  const events: AskEvent[] = [];
  const completer: Completer = {
    complete: async ({ messages }, { seed, signal }) => {
      const text = messages.at(-1)!.content;
      const call = { text, seed, at: clock.now(), signal, index: calls.length };
      calls.push(call);
      return { text: await script(call), promptTokens: 10, completionTokens: 5 };
    },
    close: async () => undefined,
  };
  const model = askingModel(settings, {
    store,
    completer,
    model: "m",
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { settings, clock, store, calls, events, model };
}

export function again(waitMs?: number): CompletionError {
  return new CompletionError("again", "answers with status 503", {
    waitMs,
    usage: { promptTokens: 0, completionTokens: 0 },
  });
}
