import { noiseSchedule } from "../../stages/privacy/local.ts";
import type { UpdatePrivacyConfig } from "../../../privacy/index.ts";
import { boundOf } from "./plan.ts";
import type { ClientsNoise } from "./clients.ts";

type LocalConfig = Extract<UpdatePrivacyConfig, { readonly kind: "local" }>;

/**
 * AdaLDP: every client that takes part in round t adds noise of deviation z_t Delta to its clipped update, with
 * z_t = max(z_0 R^t, least) and Delta = C, or 2 C under `replace`.
 */
export function localNoise(privacy: LocalConfig): ClientsNoise {
  const { noiseMultiplier, leastNoise, adjacency, epsilon, cap = Infinity } = privacy;
  const bound = boundOf(privacy);
  if (noiseMultiplier > 0 && bound === Infinity)
    throw new RangeError("privacy: noise on updates without a bound promises nothing");
  if (leastNoise > noiseMultiplier)
    throw new RangeError(
      `privacy: leastNoise ${leastNoise} is above noiseMultiplier ${noiseMultiplier}`,
    );
  const sensitivity = adjacency === "replace" ? 2 : 1;
  return {
    what: "the client's noisy update of everything that travels",
    adjacency,
    // Without noise nothing is promised, and there is nothing to keep within a budget.
    epsilon: noiseMultiplier > 0 ? Math.min(epsilon, cap) : cap,
    chargedNoise: noiseSchedule(privacy),
    clientNoise: sensitivity,
    amplifies: adjacency === "add-remove",
    bound,
  };
}
