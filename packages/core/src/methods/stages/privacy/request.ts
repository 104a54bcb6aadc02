import { z } from "zod";
import type { Message } from "../../../federation/types.ts";
import type { PrivacyConfig } from "../../../privacy/index.ts";

const withClients = z.strictObject({
  clients: z.number().int().positive().describe("how many clients the federation has"),
});

/** What requests of the training stage say beside their arrays. */
export function requestMetadata({ kind }: PrivacyConfig): z.ZodType<Record<string, unknown>> {
  return toldClients(kind) ? withClients : z.strictObject({});
}

/** Clients work out by it how often they are drawn, or how large a sum may become. */
function toldClients(kind: PrivacyConfig["kind"]): boolean {
  return kind === "local" || kind === "distributed";
}

export function requestSays(
  { kind }: PrivacyConfig,
  numClients: number,
): Readonly<Record<string, unknown>> {
  return toldClients(kind) ? { clients: numClients } : {};
}

export function clientsOf({ metadata }: Message): number {
  return withClients.parse(metadata).clients;
}
