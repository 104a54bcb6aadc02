import type { PrivacyConfig } from "../../../privacy/index.ts";
import { promises } from "./answers.ts";

/** What arrays of answers reveal under a promise, in words. */
export function revealedUnder(
  privacy: PrivacyConfig,
  arrays: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const how = protectionOf(privacy);
  return how === undefined
    ? arrays
    : Object.fromEntries(Object.entries(arrays).map(([name, what]) => [name, `${what}; ${how}`]));
}

function protectionOf(privacy: PrivacyConfig): string | undefined {
  if (!promises(privacy)) return undefined;
  switch (privacy.kind) {
    case "none":
      return undefined;
    case "dp-sgd":
      return `as far as noise on every number lets see what one ${privacy.unit} changed`;
    case "central":
      return "to the server as it is, which clips it and adds noise before anybody else sees the sum";
    case "local":
      return "clipped, with the client's own noise on every number";
    case "distributed":
      return `clipped, in integers modulo 2^${privacy.bits}, with one share of the noise: it protects sums of ${privacy.minimumClients} clients, and a single client only where secure aggregation hides single answers`;
  }
}
