import { AtollError } from "../../errors/index.ts";
import type { OpenAiSettings } from "../config.ts";
import { isLoopback } from "./loopback.ts";

/** Refuses a server that nothing may be sent to, and a key that would be told to others or is none. */
export function checkServer(settings: OpenAiSettings, apiKey: string | undefined): void {
  const { host, protocol, username, password } = new URL(settings.baseUrl);
  const variable = `the environment variable ${settings.apiKeyEnv ?? "of augmentation.apiKeyEnv"}`;
  if (username !== "" || password !== "")
    throw new AtollError(
      "AUGMENTATION_SERVER",
      `augmentation.baseUrl: the address of ${host} holds a user or a password; leave them out and put a key into ${variable}`,
    );
  if (!isLoopback(settings.baseUrl) && !settings.allowRemote)
    throw new AtollError(
      "AUGMENTATION_REMOTE",
      `augmentation.baseUrl: ${host} is another machine, and histories of users would leave this one; ` +
        "take a server on this machine, or set augmentation.allowRemote to true",
    );
  if (apiKey === undefined) return;
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new AtollError(
      "AUGMENTATION_SERVER",
      `augmentation.apiKeyEnv: ${variable} is empty, or holds white space or letters that no key has; put the key alone into it`,
    );
  if (protocol === "http:" && !isLoopback(settings.baseUrl))
    throw new AtollError(
      "AUGMENTATION_SERVER",
      `augmentation.baseUrl: http would send the key to ${host} for everyone on the way to read; use https`,
    );
}
