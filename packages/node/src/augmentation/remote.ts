import {
  asksLanguageModel,
  fieldsTold,
  isLoopback,
  type AugmentationSettings,
  type LanguageModelSettings,
} from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";

/** The host that prompts go to, where it is another machine. */
export function remoteHost(settings: AugmentationSettings): string | undefined {
  if (settings.kind !== "openai-compatible") return undefined;
  return isLoopback(settings.baseUrl) ? undefined : new URL(settings.baseUrl).host;
}

/** Refuses a server elsewhere that was not allowed; before anything is read. */
export function checkRemote(method: string, settings: AugmentationSettings): void {
  if (!asksLanguageModel(settings)) return;
  const host = remoteHost(settings);
  if (settings.kind !== "openai-compatible" || host === undefined || settings.allowRemote) return;
  throw new AtollError(
    "AUGMENTATION_REMOTE",
    `method ${method} would send prompts to ${host}, which is not this machine: ${fieldsText(settings)}; set augmentation.allowRemote to true if this may leave, name a server on this machine in augmentation.baseUrl, or set augmentation.kind to heuristic`,
  );
}

/** What leaves, stage by stage. */
function fieldsText(settings: LanguageModelSettings): string {
  return fieldsTold(settings)
    .map(({ stage, fields }) => `${stage}: ${fields.join(", ")}`)
    .join("; ");
}

/** The key of the server; throws where settings name a variable that is not set. */
export function apiKeyOf(
  settings: LanguageModelSettings,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (settings.kind !== "openai-compatible" || settings.apiKeyEnv === undefined) return undefined;
  const key = environment[settings.apiKeyEnv];
  if (key !== undefined && key !== "") return key;
  throw new AtollError(
    "AUGMENTATION_KEY",
    `augmentation.apiKeyEnv names the environment variable ${settings.apiKeyEnv}, which is not set; set it to the server's key, or remove apiKeyEnv for a server without one`,
  );
}
