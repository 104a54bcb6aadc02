import type { LanguageModelSettings, Prompt } from "@atoll/core/augmentation";

/** Tokens of a call. */
export interface TokenEstimate {
  readonly promptTokens: number;
  readonly answerTokens: number;
}

/** Bytes of a token: English prose has about four, titles with their numbers and brands fewer. */
const PROMPT_BYTES = 3;
/** JSON is mostly quotes, brackets and short words. */
const ANSWER_BYTES = 2.5;
/** What a chat template puts around a message. */
const MESSAGE_TOKENS = 8;

/**
 * What a call may take: the prompt by its length, with the schema where the server is sent it, and the longest
 * answer allowed. No tokenizer is asked, so the model may count a little otherwise.
 */
export function mostTokens(prompt: Prompt, settings: LanguageModelSettings): TokenEstimate {
  let bytes = sendsSchema(settings) ? Buffer.byteLength(JSON.stringify(prompt.schema)) : 0;
  for (const { content } of prompt.messages) bytes += Buffer.byteLength(content);
  return {
    promptTokens: Math.ceil(bytes / PROMPT_BYTES) + MESSAGE_TOKENS * prompt.messages.length,
    answerTokens: settings.maxTokens,
  };
}

function sendsSchema(settings: LanguageModelSettings): boolean {
  return settings.kind === "openai-compatible" && settings.responseFormat === "json-schema";
}

/**
 * Tokens of a likely answer: it is as long as those of the examples and, where it speaks of every item asked
 * for, longer or shorter as the question is. Without examples: the most allowed.
 */
export function likelyAnswerTokens(
  { stage, messages }: Prompt,
  { maxTokens }: LanguageModelSettings,
): number {
  const bytesOf = (role: string) =>
    messages.filter((one) => one.role === role).map(({ content }) => Buffer.byteLength(content));
  const answers = bytesOf("assistant");
  if (answers.length === 0) return maxTokens;
  const questions = bytesOf("user");
  const asked = questions.at(-1)!;
  const scale = stage === "items" ? asked / mean(questions.slice(0, -1)) : 1;
  return Math.min(maxTokens, Math.ceil((mean(answers) * scale) / ANSWER_BYTES));
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
