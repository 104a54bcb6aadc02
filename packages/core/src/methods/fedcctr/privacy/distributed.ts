import { AtollError } from "../../../errors/index.ts";
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

/** No round has more clients than expected by so many standard deviations. */
const MOST_DEVIATIONS = 10;

/**
 * A sum of fewer clients than agreed on has too little noise: none of it is used. PRIVACY_FEW_CLIENTS where no
 * round would ever have enough, and nothing be learned.
 */
export function distributedSum(
  { minimumClients }: DistributedConfig,
  { sampling, numClients }: { readonly sampling: number; readonly numClients: number },
): SumProtection {
  const expected = sampling * numClients;
  const most = expected + MOST_DEVIATIONS * Math.sqrt(expected * (1 - sampling));
  if (minimumClients > Math.min(most, numClients))
    throw new AtollError(
      "PRIVACY_FEW_CLIENTS",
      `privacy.minimumClients is ${minimumClients}, but of ${numClients} clients, each drawn with probability ${sampling}, a round has ${Math.round(expected)}: no sum would have noise enough to be used; lower minimumClients or raise sampling`,
    );
  return {
    publish: async (sum, { clients }) => {
      if (clients < minimumClients) sum.fill(0);
      return { kind: "published" };
    },
  };
}
