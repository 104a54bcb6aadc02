import type { LanguageModelSettings, SentenceSettings } from "./config.ts";
import type { AugmentationStage, TextVectorizer } from "./types.ts";

/** One turn of a conversation with a language model. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A JSON schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a language model is asked; the answer hangs on nothing else but the model and its settings. */
export interface Prompt {
  readonly stage: AugmentationStage;
  readonly messages: readonly ChatMessage[];
  /** What answers have to look like, for servers and grammars that can hold a model to it. */
  readonly schema: JsonSchema;
}

/** A strict reading of an answer; the reason is a short phrase that counts are kept by, without any of the answer. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** What became of the prompts of one stage. */
export interface StageTally {
  /** Distinct prompts with an accepted answer. */
  readonly answered: number;
  /** Distinct prompts without, after the second try, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Distinct prompts that were not asked. */
  readonly missing: number;
}

/** A language model as augmentation knows it: cached, limited and paid elsewhere. */
export interface LanguageModel {
  /** Undefined: no answer that `parse` accepts, or none yet. */
  readonly ask: <T>(prompt: Prompt, parse: (text: string) => Parsed<T>) => Promise<T | undefined>;
  readonly tally: () => Readonly<Record<AugmentationStage, StageTally>>;
}

/** The wording of one stage's prompts. */
export interface Template {
  /** Name and version, such as `items v1`. */
  readonly name: string;
  readonly system: string;
  readonly examples: readonly { readonly user: string; readonly assistant: string }[];
  /** With places such as {{history}}. */
  readonly user: string;
}

export type Templates = Readonly<Record<AugmentationStage, Template>>;

/** What a machine brings to augmentation beyond arithmetic. */
export interface AugmentationServices {
  readonly templates: (settings: LanguageModelSettings) => Templates;
  readonly languageModel: (settings: LanguageModelSettings) => LanguageModel;
  readonly sentences: (settings: SentenceSettings) => TextVectorizer;
}

/** What one call came back with. */
export interface Completion extends Usage {
  readonly text: string;
}

/** What a call took; undefined where nobody says. */
export interface Usage {
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
}

/** Something that completes a conversation, once: no retry, no cache. */
export interface Completer {
  readonly complete: (
    prompt: Prompt,
    options: { readonly seed: number; readonly signal: AbortSignal },
  ) => Promise<Completion>;
  readonly close: () => Promise<void>;
}

/**
 * A call that brought no text. `again`: the same call may succeed later, after `waitMs` where the server said so;
 * `unreadable`: the server answered, but not with a completion, which counts as an answer that is not accepted;
 * `refused`: no call will succeed, and `message` says what to change.
 */
export class CompletionError extends Error {
  readonly kind: "again" | "unreadable" | "refused";
  readonly waitMs: number | undefined;
  /** What the call took nevertheless; undefined: nobody knows. */
  readonly usage: Usage | undefined;

  constructor(
    kind: CompletionError["kind"],
    message: string,
    options: { readonly waitMs?: number | undefined; readonly usage?: Usage | undefined } = {},
  ) {
    super(message);
    this.kind = kind;
    this.waitMs = options.waitMs;
    this.usage = options.usage;
  }
}
