import type { UpdatePrivacyConfig } from "../../../privacy/index.ts";
import type { ClientsNoise } from "./clients.ts";
import type { SumProtection } from "./types.ts";

type DistributedConfig = Extract<UpdatePrivacyConfig, { readonly kind: "distributed" }>;

/**
 * Every client adds a share of the noise, of deviation z C / sqrt(minimumClients), so that a sum of so many has
 * noise of z C. Each is charged at that, without sampling. Simulated: shares are Gaussian and sums are doubles,
 * where clients would send integers modulo 2^bits with discrete shares.
 */
export function distributedNoise({
  noiseMultiplier,
  clipNorm,
  minimumClients,
  cap = Infinity,
}: DistributedConfig): ClientsNoise {
  return {
    what: `the client's part of a sum that is released with ${minimumClients} parts or more`,
    adjacency: "add-remove",
    epsilon: cap,
    chargedNoise: () => noiseMultiplier,
    clientNoise: 1 / Math.sqrt(minimumClients),
    amplifies: false,
    bound: clipNorm,
  };
}

/** A sum of fewer clients than agreed on has too little noise: none of it is used. */
export function distributedSum({ minimumClients }: DistributedConfig): SumProtection {
  return {
    publish: async (sum, { clients }) => {
      if (clients < minimumClients) sum.fill(0);
      return { kind: "published" };
    },
  };
}
