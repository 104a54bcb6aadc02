import { augmentationConfig, type OpenAiSettings } from "../config.ts";
import type { Prompt } from "../services.ts";

export function settingsOf(
  changes: Partial<Omit<OpenAiSettings, "kind">> & Readonly<Record<string, unknown>> = {},
): OpenAiSettings {
  return augmentationConfig.parse({
    kind: "openai-compatible",
    baseUrl: "http://127.0.0.1:8000/v1",
    ...changes,
  }) as OpenAiSettings;
}

export const prompt: Prompt = {
  stage: "sequences",
  messages: [
    { role: "system", content: "Choose." },
    { role: "user", content: '1. "Rye flour"' },
  ],
  schema: { type: "object", required: ["liked"] },
};
