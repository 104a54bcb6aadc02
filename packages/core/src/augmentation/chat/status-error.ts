import { z } from "zod";
import type { OpenAiSettings } from "../config.ts";
import { CompletionError, type Usage } from "../services.ts";
import { serverMessage } from "./server-message.ts";

export interface ErrorResponse {
  readonly status: number;
  /** Parsed where it is JSON, otherwise undefined. */
  readonly body: unknown;
  readonly waitMs: number | undefined;
}

/** Request Timeout, Conflict, Too Early, Too Many Requests: the same request may succeed later. */
const AGAIN = new Set([408, 409, 425, 429]);

const NOTHING: Usage = { promptTokens: 0, completionTokens: 0 };

const quota = z.object({
  error: z.union([
    z.object({ code: z.literal("insufficient_quota") }),
    z.object({ type: z.literal("insufficient_quota") }),
  ]),
});

/** A response with an error as a CompletionError that says what to change. */
export function statusError(
  { status, body, waitMs }: ErrorResponse,
  { settings, key }: { readonly settings: OpenAiSettings; readonly key: string | undefined },
): CompletionError {
  const said = serverMessage(body, key);
  const answered = `answers with status ${status}${said === undefined ? "" : ` (${said})`}`;
  const spent = quota.safeParse(body).success;
  if ((AGAIN.has(status) || status >= 500) && !spent)
    return new CompletionError("again", answered, { waitMs, usage: NOTHING });
  const wayOut = spent ? QUOTA : wayOutOf(status, { settings, said: said ?? "" });
  return new CompletionError("refused", `${answered}; ${wayOut}`, { usage: NOTHING });
}

const QUOTA = "its account has nothing left: see the account's limits, or take another server";

function wayOutOf(
  status: number,
  { settings, said }: { readonly settings: OpenAiSettings; readonly said: string },
): string {
  if (status === 401 || status === 403)
    return settings.apiKeyEnv === undefined
      ? "name the environment variable that holds its key in augmentation.apiKeyEnv"
      : `see that ${settings.apiKeyEnv} holds a key that may use the model "${settings.model}"`;
  if (status === 402) return QUOTA;
  if (status === 404)
    return (
      `see that it serves a model of the name "${settings.model}" (augmentation.model), ` +
      "and that augmentation.baseUrl is what /chat/completions is added to, often with /v1"
    );
  if (status >= 300 && status < 400)
    return "set augmentation.baseUrl to the address that it redirects to";
  if (settings.responseFormat !== "none" && /response_?format|schema|grammar|json/i.test(said))
    return `set augmentation.responseFormat to ${settings.responseFormat === "json-schema" ? "json-object or none" : "none"}`;
  if (/context|token|too long|too large/i.test(said))
    return "lower augmentation.maxTokens, itemsPerPrompt, candidates or send.history";
  return "see whether it speaks the chat-completions protocol and knows the settings of augmentation";
}
