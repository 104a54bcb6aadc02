import { createHash } from "node:crypto";
import type { LanguageModelSettings, Prompt } from "@atoll/core/augmentation";
import { canonicalJson } from "@atoll/core/federation";

/** Raised when the same prompts and settings are to be asked anew. */
const VERSION = 1;

/**
 * What an answer is found by: SHA-256, in base64url, over all that it hangs on: the model's name, its
 * temperature, the most tokens of an answer, the conversation and the schema. Neither the server's address nor
 * the order of asking is part of it.
 */
export function answerKey(
  { temperature, maxTokens }: Pick<LanguageModelSettings, "temperature" | "maxTokens">,
  { model, prompt }: { readonly model: string; readonly prompt: Prompt },
): string {
  const messages = prompt.messages.map(({ role, content }) => [role, content]);
  const parts = [VERSION, model, temperature, maxTokens, messages, canonicalJson(prompt.schema)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}
