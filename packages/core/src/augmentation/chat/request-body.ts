import type { OpenAiSettings } from "../config.ts";
import type { Prompt } from "../services.ts";

/** The body of a chat-completions request. */
export function requestBody(
  settings: Pick<OpenAiSettings, "model" | "temperature" | "maxTokens" | "responseFormat">,
  { prompt, seed }: { readonly prompt: Prompt; readonly seed: number },
): string {
  return JSON.stringify({
    model: settings.model,
    messages: prompt.messages.map(({ role, content }) => ({ role, content })),
    temperature: settings.temperature,
    max_tokens: settings.maxTokens,
    seed,
    response_format: responseFormat(settings.responseFormat, prompt),
  });
}

function responseFormat(kind: OpenAiSettings["responseFormat"], { stage, schema }: Prompt) {
  switch (kind) {
    case "none":
      return undefined;
    case "json-object":
      return { type: "json_object" };
    case "json-schema":
      return { type: "json_schema", json_schema: { name: stage, strict: true, schema } };
  }
}
